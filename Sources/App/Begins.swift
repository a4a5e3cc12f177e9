enum AppBegins {}
