"""Reading text: language, entities, indicators, classifier, urgency; and how these are trained and measured."""
