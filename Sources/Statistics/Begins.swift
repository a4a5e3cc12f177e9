enum StatisticsBegins {}
