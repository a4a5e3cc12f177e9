enum DatabaseBegins {}
