"""What is installed on this machine, judged by what the plans need."""
