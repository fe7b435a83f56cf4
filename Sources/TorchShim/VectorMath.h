// The elementary functions (exp, log, √ …) that libtorch has from MKL.
#pragma once

/// Calls each of them once, before several threads can; after the first time it does nothing.
///
/// MKL chooses the code of a function in its first call. Of two threads that make it together one can run the least
/// exact code there is, with errors of 3·10⁻⁵ instead of 10⁻⁷, that once: pytorch/pytorch#188792.
void resolveVectorMath();
