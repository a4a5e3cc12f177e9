enum LanguageBegins {}
