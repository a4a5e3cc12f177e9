enum AccountsBegins {}
