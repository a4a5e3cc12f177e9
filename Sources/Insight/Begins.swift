enum InsightBegins {}
