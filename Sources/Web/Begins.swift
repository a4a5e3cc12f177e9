enum WebBegins {}
