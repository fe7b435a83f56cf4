import Foundation
import Tensors
import Testing

@testable import Engine

extension DeviceTests {
  @Suite struct OperatorDeviceTests {
    struct Case: Sendable, CustomTestStringConvertible {
      let name: String
      let imageShape: [Int]
      let operation: any MeasurementOperator
      /// Whether it computes on the processor wherever its images are: sparse matrices.
      var isOnProcessor = false
      var testDescription: String { "\(name) \(imageShape)" }
    }

    static let cases: [Case] = {
      do {
        return try LinearOperatorTests.cases.map {
          Case(name: $0.name, imageShape: $0.imageShape, operation: $0.linear)
        } + spectral() + circular() + general() + sparse()
      } catch { fatalError("\(error)") }
    }()

    private static func spectral() throws -> [Case] {
      try SpectralOperatorTests.operators().map {
        Case(name: "spectral \($0.name)", imageShape: [2, 8, 12], operation: $0.operation)
      }
    }

    private static func circular() throws -> [Case] {
      try UD2MTests.operators().map {
        Case(name: "ud2m \($0.0)", imageShape: UD2MTests.shape, operation: $0.1)
      }
    }

    private static func general() throws -> [Case] {
      let wizard = try KernelWizard(NonlinearBlurTests.weights())
      let redrawn = try RedrawnNonlinearBlur(wizard, imageShape: NonlinearBlurTests.shape)
      return try JPEG.Gradient.allCases.map {
        Case(
          name: "JPEG \($0)", imageShape: [3, 16, 32],
          operation: try JPEG(quality: 30, gradient: $0))
      }
        + MRITests.cases.map {
          Case(name: "MRI \($0.testDescription)", imageShape: $0.shape, operation: try $0.made())
        }
        + PhaseRetrieval.InputRange.allCases.map {
          Case(
            name: "phase retrieval \($0)", imageShape: [2, 8, 12],
            operation: try PhaseRetrieval(inputRange: $0, imageShape: [2, 8, 12]))
        } + [
          Case(
            name: "JPEG in grey", imageShape: [1, 8, 16], operation: try JPEG(quality: 30)),
          Case(name: "HDR", imageShape: [2, 5, 7], operation: try HighDynamicRange()),
          Case(
            name: "non-linear blur", imageShape: NonlinearBlurTests.shape,
            operation: try NonlinearBlurTests.blur()),
          Case(
            name: "non-linear blur redrawn", imageShape: NonlinearBlurTests.shape,
            operation: redrawn),
          Case(
            name: "dense matrix", imageShape: MatrixOperatorTests.shape,
            operation: MatrixOperatorTests.operators[0]),
          Case(
            name: "module", imageShape: ScriptOperatorTests.shape,
            operation: try ScriptOperatorTests.made("curved")),
          Case(
            name: "linear module", imageShape: ScriptOperatorTests.shape,
            operation: try LinearScriptOperator(ScriptOperatorTests.made("linear"))),
        ]
    }

    private static func sparse() throws -> [Case] {
      [
        Case(
          name: "tomography", imageShape: TomographyTests.shape,
          operation: TomographyTests.operators[0], isOnProcessor: true),
        Case(
          name: "sparse matrix", imageShape: MatrixOperatorTests.shape,
          operation: MatrixOperatorTests.operators[2], isOnProcessor: true),
      ]
    }

    /// The same computation on the processor and on the GPU.
    ///
    /// The mock's kernels are the processor's; only memory may lie otherwise, which changes the order of
    /// sums: 61² float32 products at most, 61·2⁻²⁴ = 4e-6 of their size.
    private func compare(
      _ test: Case, _ what: String, waits: Bool? = nil, _ inputs: [Tensor],
      _ function: (any MeasurementOperator, [Tensor]) throws -> [Tensor]
    ) throws {
      let expected = try function(test.operation, inputs)
      let there = try inputs.map { try $0.moved(to: gpu) }
      let moved = try test.operation.moved(to: gpu)
      // What is decomposed when first asked for is read back then: once an operator.
      _ = try function(moved, there)
      let (found, traffic) = try DeviceTests.counting { try function(moved, there) }
      for (one, other) in zip(found, expected) {
        try expectSame(one, other, tolerance: 1e-5, "\(what)")
      }
      if waits ?? test.isOnProcessor {
        #expect(traffic.reads > 0, "\(what)")
      } else {
        expectNoWaiting(traffic, "\(what)")
      }
    }

    private func image(_ test: Case, draw: UInt32 = 0) throws -> Tensor {
      try OperatorChecks.random([2] + test.imageShape, draw: draw) * 0.5
    }

    private func measurement(_ test: Case) throws -> Tensor {
      let shape = try test.operation.measurementShape(ofImage: test.imageShape)
      return try OperatorChecks.random([2] + shape, draw: 3)
    }

    @Test(arguments: cases) func valuesAndGradients(of test: Case) throws {
      try compare(test, "value and gradient", [image(test), measurement(test)]) { a, inputs in
        let result = try vectorJacobianProduct(at: inputs[0], cotangent: inputs[1]) {
          try a.apply($0) * 1
        }
        return [result.value, result.gradient, try a.restricted(inputs[1])]
      }
    }

    @Test(arguments: cases.filter { $0.operation is any LinearOperator })
    func adjointsAndProjections(of test: Case) throws {
      try compare(test, "adjoint", [measurement(test)]) { a, inputs in
        [try (a as! any LinearOperator).adjoint(inputs[0])]
      }
      // Of a matrix by conjugate gradients, which look at each iteration.
      let waits = test.operation is MatrixOperator || test.isOnProcessor
      try compare(test, "projection", waits: waits, [image(test), measurement(test)]) {
        [try ($0 as! any LinearOperator).project($1[0], onto: $1[1])]
      }
    }

    /// Without a closed form by conjugate gradients, which look at each iteration.
    @Test(arguments: cases.filter { $0.operation is any LinearOperator })
    func proximalPoints(of test: Case) throws {
      let byIteration = ["kernel blur", "tomography", "sparse", "dense", "linear module"]
      let waits = byIteration.contains { test.name.hasPrefix($0) }
      try compare(test, "proximal", waits: waits, [image(test), measurement(test)]) { a, inputs in
        let linear = a as! any LinearOperator
        return [
          try linear.proximal(inputs[0], precision: 2, measurement: inputs[1], variance: 0.5)
        ]
      }
    }

    @Test(arguments: cases.filter { $0.operation is any PseudoInvertible })
    func pseudoInverses(of test: Case) throws {
      try compare(test, "pseudo-inverse", [measurement(test)]) {
        [try ($0 as! any PseudoInvertible).pseudoInverse($1[0])]
      }
    }

    @Test(arguments: cases.filter { $0.operation is any SpectralOperator })
    func spectra(of test: Case) throws {
      let gain = { (s: Double) in 1 / (1 + s) }
      let expected = try (test.operation as! any SpectralOperator).spectrum()
        .scaled(image(test), by: gain)
      let there = try image(test).moved(to: gpu)
      // Found once a problem; it may read what it decomposes.
      let spectrum = try (test.operation.moved(to: gpu) as! any SpectralOperator).spectrum()
      let (found, traffic) = try DeviceTests.counting { try spectrum.scaled(there, by: gain) }
      try expectSame(found, expected, tolerance: 1e-5)
      expectNoWaiting(traffic)
    }

    @Test(arguments: cases.filter { $0.operation is any PublishedTranspose })
    func publishedTransposes(of test: Case) throws {
      try compare(test, "published", [image(test), measurement(test)]) { a, inputs in
        let published = a as! any PublishedTranspose
        return [
          try published.publishedTranspose(inputs[1]),
          try published.publishedProjection(inputs[0], onto: inputs[1]),
        ]
      }
    }

    @Test func aRedrawnOperatorIsDrawnWithoutWaiting() throws {
      let wizard = try KernelWizard(NonlinearBlurTests.weights())
      let shape = NonlinearBlurTests.shape
      let redrawn = try RedrawnNonlinearBlur(wizard, imageShape: shape)
      let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0, 1])
      let x = try OperatorChecks.random([2] + shape)
      let expected = try redrawn.drawn(step: 3, noise: noise).apply(x)
      let (moved, there) = (try redrawn.moved(to: gpu), try x.moved(to: gpu))
      let (found, traffic) = try DeviceTests.counting {
        try moved.drawn(step: 3, noise: noise).apply(there)
      }
      try expectSame(found, expected, tolerance: 1e-5)
      expectNoWaiting(traffic)
      #expect(traffic.uploads == 1)
    }

    /// What is found about an operator before sampling is found on the processor.
    @Test func normsAndMatricesOfAnOperatorOnTheDevice() throws {
      let shape = [1, 8, 6]
      let blur = try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: shape)
      let moved = try blur.moved(to: gpu)
      #expect(try moved.operatorNorm(imageShape: shape) == blur.operatorNorm(imageShape: shape))
      #expect(try moved.dotProductError(imageShape: shape) < 1e-12)
      #expect(
        try moved.matrix(imageShape: shape).elements == blur.matrix(imageShape: shape).elements)
      #expect(
        try moved.measuredValues(ofImage: shape, device: gpu) == blur.measuredValues(ofImage: shape)
      )
    }
  }
}
