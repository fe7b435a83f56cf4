import Tensors

/// Times convolutions as libtorch does them beside ours, forward and with the gradient to the image, on one
/// thread; prints a table in Markdown.
///
///     swift run -c release layer-bench
TorchRuntime.keepFreedMemory()
TorchRuntime.setThreads(1)
print(
  "| batch, channels, size | direct | ours | ratio | error, direct | error, ours | with gradient |")
print("|---|---|---|---|---|---|---|")
for sizes in ConvolutionSizes.all { print(try ConvolutionTrial(sizes).row()) }
