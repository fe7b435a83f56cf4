import RunFiles

// MARK: - Writing

extension ByteWriter {
  mutating func write(_ unit: WorkUnit) {
    write(unit.image.name)
    write(unit.samples.lowerBound)
    write(unit.samples.upperBound)
  }

  mutating func write(_ finished: FinishedUnit) {
    write(finished.slot)
    write(finished.unit)
    write(finished.seconds)
    write(finished.failures) { writer, failure in
      writer.write(failure.index)
      writer.write(failure.attempts)
      writer.write(failure.reason)
    }
  }

  mutating func write(_ info: RankInfo) {
    for number in [
      info.rank, Int(info.process), info.localRank, info.localSize, info.workers, info.cores,
      info.machine.onlineCores, info.machine.gpus,
    ] {
      write(number)
    }
    let agreement = info.agreement
    for text in [
      info.host, info.device, agreement.program, agreement.workHash, agreement.priorDigest,
      info.machine.processor, info.machine.affinity,
    ] { write(text) }
  }

  mutating func write(_ failure: WorkerFailure) {
    write(failure.rank)
    write(failure.host)
    write(failure.unit) { $0.write($1) }
    write(failure.cause)
    write(Int(failure.code.rawValue))
  }

  mutating func write(_ reason: StopReason) {
    switch reason {
    case .signal(let number):
      write(true)
      write(Int(number))
    case .other(let text):
      write(false)
      write(text)
    }
  }
}

// MARK: - Reading

extension ByteReader {
  mutating func image() throws(MalformedMessage) -> ImageID {
    guard let image = try? ImageID(name: try string()) else { throw MalformedMessage() }
    return image
  }

  mutating func samples() throws(MalformedMessage) -> SampleRanges {
    guard let samples = SampleRanges(try string()) else { throw MalformedMessage() }
    return samples
  }

  mutating func unit() throws(MalformedMessage) -> WorkUnit {
    let image = try image()
    let (start, end) = (try int(), try int())
    guard 0 <= start, start < end, end <= SampleRanges.largestIndex + 1 else {
      throw MalformedMessage()
    }
    return WorkUnit(image: image, samples: start..<end)
  }

  mutating func finishedUnit() throws(MalformedMessage) -> FinishedUnit {
    let (slot, unit, seconds) = (try int(), try unit(), try double())
    let failures = try list { reader throws(MalformedMessage) in
      FailedSample(
        image: unit.image, index: try reader.int(), attempts: try reader.int(),
        reason: try reader.string())
    }
    return FinishedUnit(slot: slot, unit: unit, seconds: seconds, failures: failures)
  }

  mutating func rankInfo() throws(MalformedMessage) -> RankInfo {
    var numbers: [Int] = []
    for _ in 0..<8 { numbers.append(try int()) }
    var texts: [String] = []
    for _ in 0..<7 { texts.append(try string()) }
    guard let process = Int32(exactly: numbers[1]), (0...1_000_000).contains(numbers[4]) else {
      throw MalformedMessage()
    }
    return RankInfo(
      rank: numbers[0], host: texts[0], process: process, localRank: numbers[2],
      localSize: numbers[3], workers: numbers[4], cores: numbers[5], device: texts[1],
      agreement: RankAgreement(program: texts[2], workHash: texts[3], priorDigest: texts[4]),
      machine: RankMachine(
        processor: texts[5], onlineCores: numbers[6], affinity: texts[6], gpus: numbers[7]))
  }

  mutating func failure() throws(MalformedMessage) -> WorkerFailure {
    WorkerFailure(
      rank: try int(), host: try string(),
      unit: try optional { reader throws(MalformedMessage) in try reader.unit() },
      cause: try string(), code: try exitCode())
  }

  mutating func stopReason() throws(MalformedMessage) -> StopReason {
    guard try bool() else { return .other(try string()) }
    guard let number = Int32(exactly: try int()) else { throw MalformedMessage() }
    return .signal(number)
  }

  mutating func ending() throws(MalformedMessage) -> RunEnding {
    RunEnding(
      try exitCode(), try optional { reader throws(MalformedMessage) in try reader.string() })
  }

  private mutating func exitCode() throws(MalformedMessage) -> ExitCode {
    guard let number = Int32(exactly: try int()), let code = ExitCode(rawValue: number) else {
      throw MalformedMessage()
    }
    return code
  }
}
