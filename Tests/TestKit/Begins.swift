enum TestKitBegins {}
