"""Domain objectives with gradients: functions of features and scores, used on features and through a backbone alike."""
