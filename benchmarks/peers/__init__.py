"""Generated networks beside the same networks written with other libraries, in one process.

``python -m benchmarks.peers --help`` says how; benchmarks/README.md says what the rows mean.
"""
