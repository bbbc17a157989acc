// TensorFlow's operation DenseProduct, which `dense-product.h` computes. Loading the library registers it.
//
// Inputs: x [batch, in] and weights [in, out]. Attributes: `part` and `parts`, which say what share of the columns to compute.
// Output: y [batch, the share's columns].

#include "dense-product.h"
#include "operation.h"

namespace staged_study {
namespace {

struct Share {
  int32_t part = 0, parts = 1;
};

void* create(TF_OpKernelConstruction* construction) {
  auto* share = new Share();
  Status status;
  TF_OpKernelConstruction_GetAttrInt32(construction, "part", &share->part, status.value);
  if (status.ok()) TF_OpKernelConstruction_GetAttrInt32(construction, "parts", &share->parts, status.value);
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.value);
  return share;
}

void run(const Share& share, TF_OpKernelContext* context, const TF_Tensor* x, const TF_Tensor* weights, TF_Status* status) {
  const int64_t batch = size_of(x, 0), in = size_of(weights, 0), out = size_of(weights, 1);
  if (!has_shape(x, batch, in) || !has_shape(weights, in, out)) {
    return TF_SetStatus(status, TF_INVALID_ARGUMENT, "DenseProduct: expected x [batch, in] and weights [in, out]");
  }
  const int64_t first = out * share.part / share.parts, end = out * (share.part + 1) / share.parts;
  const int64_t shape[] = {batch, end - first};
  TF_Tensor* y = TF_AllocateOutput(context, 0, TF_FLOAT, shape, 2, sizeof(float) * batch * (end - first), status);
  if (TF_GetCode(status) == TF_OK) multiply({floats(x), floats(weights), floats(y), batch, in, out, first, end});
  if (y != nullptr) TF_DeleteTensor(y);
}

void compute(void* kernel, TF_OpKernelContext* context) {
  TF_Tensor *x = nullptr, *weights = nullptr;
  Status status;
  TF_GetInput(context, 0, &x, status.value);
  if (status.ok()) TF_GetInput(context, 1, &weights, status.value);
  if (status.ok()) run(*static_cast<Share*>(kernel), context, x, weights, status.value);
  if (!status.ok()) TF_OpKernelContext_Failure(context, status.value);
  if (x != nullptr) TF_DeleteTensor(x);
  if (weights != nullptr) TF_DeleteTensor(weights);
}

void destroy(void* kernel) { delete static_cast<Share*>(kernel); }

bool registered() {
  constexpr const char* kName = "DenseProduct";
  Status status;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(kName);
  for (const char* input : {"x: float", "weights: float"}) TF_OpDefinitionBuilderAddInput(definition, input);
  TF_OpDefinitionBuilderAddOutput(definition, "y: float");
  for (const char* attribute : {"part: int", "parts: int"}) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status.value);
  if (!status.ok()) return false;
  TF_RegisterKernelBuilder(kName, TF_NewKernelBuilder(kName, "CPU", create, compute, destroy), status.value);
  return status.ok();
}

const bool kRegistered = registered();

}  // namespace
}  // namespace staged_study
