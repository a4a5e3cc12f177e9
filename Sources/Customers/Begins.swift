enum CustomersBegins {}
