enum SurveysBegins {}
