"""A spec and its weights as ONNX. It needs onnx and torch; a check needs onnxruntime."""
