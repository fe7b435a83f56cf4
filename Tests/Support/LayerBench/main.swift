import Tensors

/// Times convolutions as libtorch does them beside ours, forward and with the gradient to the image, on one
/// thread; prints tables in Markdown: in float32, and in bfloat16, where ours keep their filters packed.
///
///     swift run -c release layer-bench
TorchRuntime.keepFreedMemory()
TorchRuntime.setThreads(1)
for (type, all) in [
  (ScalarType.float32, ConvolutionSizes.all), (.bfloat16, ConvolutionSizes.few),
] {
  print(
    "| \(type): batch, channels, size | direct | ours | ratio | error, direct | error, ours "
      + "| with gradient |")
  print("|---|---|---|---|---|---|---|")
  for sizes in all { print(try ConvolutionTrial(sizes, type).row()) }
  print()
}
