#pragma once
#ifdef __cplusplus
extern "C" {
#endif
int torchshim_placeholder(void);
#ifdef __cplusplus
}
#endif
