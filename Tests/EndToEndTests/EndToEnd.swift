import Testing

/// Tests of the program as users start it: the real binary and the real `mpirun`.
///
/// They run one after another: each of them fills the machine.
@Suite(.serialized) struct EndToEnd {}
