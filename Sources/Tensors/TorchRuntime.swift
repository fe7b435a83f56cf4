import TorchShim

/// Facts and switches of libtorch as a whole.
public enum TorchRuntime {
  /// libtorch's version, such as `2.13.0`.
  public static var version: String { String(cString: torch_shim_version()) }

  /// The vector instructions libtorch's own kernels were chosen for, such as `AVX512`.
  public static var cpuCapability: String { String(cString: torch_shim_cpu_capability()) }

  /// Whether the processor multiplies bfloat16 matrices in hardware tiles (AMX).
  ///
  /// AVX512-BF16 alone does not count: its convolutions were measured slower than float32 ones.
  public static var hasFastBFloat16: Bool { torch_shim_cpu_has_amx_bfloat16() }

  /// Number of GPUs this process sees.
  public static var gpuCount: Int { Int(torch_shim_cuda_device_count()) }

  /// Lets the process keep freed memory for its next step; call once, before anything large.
  ///
  /// Each step of a sampler allocates the same activations again. Given back and taken anew, their
  /// pages are cleared by the system each time: a quarter of the time of a large network.
  public static func keepFreedMemory() { torch_shim_keep_memory() }

  /// Keeps the convolutions of GPUs in float32, which cuDNN would round to 10 bits (TF32), and to
  /// algorithms that give the same bits twice; call once, before anything is computed.
  public static func prepareGPUs() { torch_shim_prepare_gpus() }

  /// Whether ``prepareGPUs()`` is in force.
  static var gpusArePrepared: Bool { torch_shim_gpus_are_prepared() }

  /// Sets how many threads libtorch uses inside one operator called from this thread.
  ///
  /// Float32 results change their last bits with this number, so it belongs to a run's
  /// configuration. Each worker thread sets it for itself.
  public static func setThreads(_ count: Int) { torch_shim_set_threads(Int32(count)) }
}
