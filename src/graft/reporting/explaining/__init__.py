"""What a model looks at: parts of a sample are covered one by one; one file a modality says what its parts are."""
