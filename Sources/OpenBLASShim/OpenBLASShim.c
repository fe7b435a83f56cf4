#define _GNU_SOURCE
#include "OpenBLASShim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef int32_t integer;

static void (*multiply)(int order, int transA, int transB, integer m, integer n, integer k,
                        double alpha, const double *a, integer lda, const double *b, integer ldb,
                        double beta, double *c, integer ldc);
static void (*eigen)(const char *job, const char *uplo, const integer *n, double *a,
                     const integer *lda, double *w, double *work, const integer *lwork,
                     integer *iwork, const integer *liwork, integer *info);
static void (*singularValues)(const char *job, const integer *m, const integer *n, double *a,
                              const integer *lda, double *s, double *u, const integer *ldu,
                              double *vt, const integer *ldvt, double *work, const integer *lwork,
                              integer *iwork, integer *info);
static void (*factorise)(const char *uplo, const integer *n, double *a, const integer *lda,
                         integer *info);
static void (*solve)(const char *uplo, const integer *n, const integer *nrhs, const double *a,
                     const integer *lda, double *b, const integer *ldb, integer *info);

static pthread_once_t once = PTHREAD_ONCE_INIT;
/// Empty while there is none; what dlerror gives does not last.
static char problem[1024];

static void note(const char *message) {
  if (!problem[0])
    snprintf(problem, sizeof problem, "%s", message ? message : "OpenBLAS cannot be used");
}

static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found)
    note(dlerror());
  return found;
}

static void load(void) {
  static const char *names[] = {"libopenblas.so.0", "libopenblas.so"};
  void *library = NULL;
  for (int i = 0; i < 2 && !library; ++i)
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (!library) {
    note(dlerror());
    return;
  }
  *(void **)&multiply = symbol(library, "cblas_dgemm");
  *(void **)&eigen = symbol(library, "dsyevd_");
  *(void **)&singularValues = symbol(library, "dgesdd_");
  *(void **)&factorise = symbol(library, "dpotrf_");
  *(void **)&solve = symbol(library, "dpotrs_");
  void (*threads)(int);
  *(void **)&threads = symbol(library, "openblas_set_num_threads");
  // One thread: workers fill the cores, and sums keep their order.
  if (!problem[0])
    threads(1);
}

const char *openblas_shim_open(void) {
  pthread_once(&once, load);
  return problem[0] ? problem : NULL;
}

void openblas_shim_multiply(integer rows, integer columns, integer inner, const double *a,
                            const double *b, double *c) {
  enum { rowMajor = 101, noTranspose = 111 };
  integer lda = inner > 1 ? inner : 1, ldb = columns > 1 ? columns : 1;
  multiply(rowMajor, noTranspose, noTranspose, rows, columns, inner, 1, a, lda, b, ldb, 0, c, ldb);
}

integer openblas_shim_eigen(integer order, double *matrix, double *values) {
  integer info = 0, query = -1, integers = 0;
  double size = 0;
  eigen("V", "L", &order, matrix, &order, values, &size, &query, &integers, &query, &info);
  if (info != 0)
    return info;
  integer count = (integer)size;
  double *work = malloc(sizeof(double) * (size_t)count);
  integer *integerWork = malloc(sizeof(integer) * (size_t)integers);
  if (work && integerWork)
    eigen("V", "L", &order, matrix, &order, values, work, &count, integerWork, &integers, &info);
  else
    info = -1000;
  free(work);
  free(integerWork);
  return info;
}

// A row-major matrix is its transpose in column-major order, so left and right change places.
integer openblas_shim_singular_values(integer rows, integer columns, double *matrix, double *left,
                                      double *values, double *right) {
  integer rank = rows < columns ? rows : columns, info = 0, query = -1;
  double size = 0;
  integer *integerWork = malloc(sizeof(integer) * 8 * (size_t)rank);
  if (!integerWork)
    return -1000;
  singularValues("S", &columns, &rows, matrix, &columns, values, right, &columns, left, &rank,
                 &size, &query, integerWork, &info);
  integer count = (integer)size;
  double *work = info == 0 ? malloc(sizeof(double) * (size_t)count) : NULL;
  if (work)
    singularValues("S", &columns, &rows, matrix, &columns, values, right, &columns, left, &rank,
                   work, &count, integerWork, &info);
  else if (info == 0)
    info = -1000;
  free(work);
  free(integerWork);
  return info;
}

integer openblas_shim_cholesky(integer order, double *matrix) {
  integer info = 0;
  factorise("U", &order, matrix, &order, &info);
  return info;
}

integer openblas_shim_solve(integer order, integer count, const double *factor, double *columns) {
  integer info = 0;
  solve("U", &order, &count, factor, &order, columns, &order, &info);
  return info;
}
