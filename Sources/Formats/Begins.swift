enum FormatsBegins {}
