#include "MPIShim.h"

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

struct mpishim_request {
  MPI_Request handle;
};

static MPI_Comm world = MPI_COMM_NULL;

#define CHECK(call)                     \
  do {                                  \
    int code_ = (call);                 \
    if (code_ != MPI_SUCCESS) return code_; \
  } while (0)

// MARK: - Start and end

int mpishim_start(int *funneled) {
  int provided = MPI_THREAD_SINGLE;
  CHECK(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided));
  *funneled = provided >= MPI_THREAD_FUNNELED;
  CHECK(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
  CHECK(MPI_Comm_dup(MPI_COMM_WORLD, &world));
  return MPI_Comm_set_errhandler(world, MPI_ERRORS_RETURN);
}

int mpishim_abort(int code) { return MPI_Abort(MPI_COMM_WORLD, code); }

int mpishim_finalize(void) {
  CHECK(MPI_Comm_free(&world));
  return MPI_Finalize();
}

// MARK: - Who and where

int mpishim_rank(int *rank, int *size) {
  CHECK(MPI_Comm_rank(world, rank));
  return MPI_Comm_size(world, size);
}

int mpishim_local_rank(int *rank, int *size) {
  MPI_Comm node = MPI_COMM_NULL;
  CHECK(MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node));
  CHECK(MPI_Comm_rank(node, rank));
  CHECK(MPI_Comm_size(node, size));
  return MPI_Comm_free(&node);
}

int mpishim_local_gather(int64_t mine, int64_t *all) {
  MPI_Comm node = MPI_COMM_NULL;
  CHECK(MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node));
  CHECK(MPI_Allgather(&mine, 1, MPI_INT64_T, all, 1, MPI_INT64_T, node));
  return MPI_Comm_free(&node);
}

#if MPI_MAX_PROCESSOR_NAME > 8192 || MPI_MAX_LIBRARY_VERSION_STRING > 8192 || \
    MPI_MAX_ERROR_STRING > 8192
#error "MPISHIM_TEXT_CAPACITY is too small for this MPI"
#endif

int mpishim_host(char *text) {
  int length = 0;
  return MPI_Get_processor_name(text, &length);
}

int mpishim_library(char *text) {
  int length = 0;
  return MPI_Get_library_version(text, &length);
}

int mpishim_error_text(int code, char *text) {
  int length = 0;
  return MPI_Error_string(code, text, &length);
}

// MARK: - Messages

int mpishim_probe(int *found, int *source, int *tag, int64_t *bytes) {
  MPI_Status status;
  CHECK(MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, world, found, &status));
  if (!*found) return MPI_SUCCESS;
  MPI_Count count = 0;
  CHECK(MPI_Get_elements_x(&status, MPI_BYTE, &count));
  *source = status.MPI_SOURCE;
  *tag = status.MPI_TAG;
  *bytes = (int64_t)count;
  return MPI_SUCCESS;
}

static mpishim_request *new_request(void) {
  mpishim_request *request = malloc(sizeof *request);
  if (request) request->handle = MPI_REQUEST_NULL;
  return request;
}

// Hands the request out, or frees it if the call that should have begun it failed.
static int begun(int code, mpishim_request *made, mpishim_request **request) {
  if (code != MPI_SUCCESS) free(made);
  *request = code == MPI_SUCCESS ? made : NULL;
  return code;
}

int mpishim_send(const void *data, int64_t bytes, int destination, int tag,
                 mpishim_request **request) {
  if (bytes < 0 || bytes > INT_MAX) return MPI_ERR_COUNT;
  mpishim_request *made = new_request();
  if (!made) return MPI_ERR_NO_MEM;
  int code = MPI_Isend(data, (int)bytes, MPI_BYTE, destination, tag, world, &made->handle);
  return begun(code, made, request);
}

int mpishim_receive(void *data, int64_t bytes, int source, int tag, mpishim_request **request) {
  if (bytes < 0 || bytes > INT_MAX) return MPI_ERR_COUNT;
  mpishim_request *made = new_request();
  if (!made) return MPI_ERR_NO_MEM;
  int code = MPI_Irecv(data, (int)bytes, MPI_BYTE, source, tag, world, &made->handle);
  return begun(code, made, request);
}

int mpishim_barrier(mpishim_request **request) {
  mpishim_request *made = new_request();
  if (!made) return MPI_ERR_NO_MEM;
  return begun(MPI_Ibarrier(world, &made->handle), made, request);
}

int mpishim_test(mpishim_request **request, int *done) {
  *done = 0;
  CHECK(MPI_Test(&(*request)->handle, done, MPI_STATUS_IGNORE));
  if (!*done) return MPI_SUCCESS;
  free(*request);
  *request = NULL;
  return MPI_SUCCESS;
}
