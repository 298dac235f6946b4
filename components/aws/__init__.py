"""What components on AWS share: names as AWS takes them, and rights."""
