"""What the program costs beside a flat program with the same objects, and beside kubectl. See docs/benchmarks.md."""
