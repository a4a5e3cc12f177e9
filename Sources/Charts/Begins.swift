enum ChartsBegins {}
