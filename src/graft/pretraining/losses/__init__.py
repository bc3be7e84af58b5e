"""What self-supervised learning lowers: functions of the projections of two views of the same images."""
