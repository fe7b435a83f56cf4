// The matrix products that libtorch has from MKL.
#include <cstdlib>

namespace {

/// Has MKL's products give bits that do not depend on where an array lies, as weights of a mapped file lie anywhere:
/// they otherwise choose their code by alignment (seen on AMD). MKL reads this in its first call, and a process has
/// one thread while it is loaded. A user's own choice stays.
__attribute__((constructor)) void fixMatrixProducts() { setenv("MKL_CBWR", "AUTO,STRICT", 0); }

} // namespace
