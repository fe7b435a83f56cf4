#include "TorchShim.h"
int torchshim_placeholder(void) { return 0; }
