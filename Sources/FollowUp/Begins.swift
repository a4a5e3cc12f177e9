enum FollowUpBegins {}
