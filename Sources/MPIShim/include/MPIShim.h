// The MPI calls in use, as plain functions.
//
// Handles stay inside: they are addresses in Open MPI and integers in MPICH. All functions return
// MPI's own code (0 is success), to be turned into words by mpishim_error_text; messages go over a
// private duplicate of MPI_COMM_WORLD whose errors are returned. No logic lives here.
// All calls must come from the thread that called mpishim_start (MPI_THREAD_FUNNELED).
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The most bytes any of the texts below takes, its final zero included.
enum { MPISHIM_TEXT_CAPACITY = 8192 };

// A send, receive or barrier under way; the memory it works on must live until it is done.
typedef struct mpishim_request mpishim_request;

// Starts MPI; *funneled tells whether the thread level is at least MPI_THREAD_FUNNELED.
int mpishim_start(int *funneled);

// This process's number, and the number of processes.
int mpishim_rank(int *rank, int *size);

// The same among the processes that share this node's memory.
int mpishim_local_rank(int *rank, int *size);

// The numbers of all processes that share this node's memory, by local rank; all has room for as
// many as mpishim_local_rank tells. Blocks until each of them has called it.
int mpishim_local_gather(int64_t mine, int64_t *all);

// The name of the node; text has MPISHIM_TEXT_CAPACITY bytes.
int mpishim_host(char *text);

// Name and version of the MPI library; text has MPISHIM_TEXT_CAPACITY bytes.
int mpishim_library(char *text);

// What a code means; text has MPISHIM_TEXT_CAPACITY bytes.
int mpishim_error_text(int code, char *text);

// Looks for a message from anybody, without waiting.
int mpishim_probe(int *found, int *source, int *tag, int64_t *bytes);

// Begins to send up to 2^31-1 bytes.
int mpishim_send(const void *data, int64_t bytes, int destination, int tag,
                 mpishim_request **request);

// Begins to receive up to 2^31-1 bytes.
int mpishim_receive(void *data, int64_t bytes, int source, int tag, mpishim_request **request);

// Begins a barrier.
int mpishim_barrier(mpishim_request **request);

// Whether it is done, without waiting; then *request is freed and becomes null.
int mpishim_test(mpishim_request **request, int *done);

// Ends all processes with this exit code; does not return if MPI obeys.
int mpishim_abort(int code);

// Ends MPI in this process.
int mpishim_finalize(void);

#ifdef __cplusplus
}
#endif
