// TensorFlow's operation DenseUpdate, which `dense-update.h` computes. Loading the library registers it.
//
// Inputs: weights and slots [in, out], x [batch, in], dy [batch, out], and the rule's numbers []. Attributes: the rule; `part` and
// `parts`, which say what share of the rows to update.
//
// The operation writes to the memory of weights and slots. They come from a ReadVariableOp each, which on a CPU shares the
// variable's memory. Whoever adds the operation to a graph must make it run after everything that needs the old values.

#include <string>

#include "dense-update.h"
#include "operation.h"

namespace staged_study {
namespace {

struct RuleEntry {
  const char* name;
  int slots, numbers;
  void (*update)(const DenseLayer&);
};

template <class Rule>
constexpr RuleEntry entry(const char* name) {
  return {name, Rule::kSlots, Rule::kNumbers, update<Rule>};
}

constexpr RuleEntry kRules[] = {
    entry<Sgd>("sgd"),
    entry<Adagrad>("adagrad"),
    entry<Adadelta>("adadelta"),
    entry<Adam>("adam"),
    entry<AdamW>("adamw"),
};
constexpr int kMostInputs = 1 + kMostSlots + 2 + kMostNumbers;

struct Operation {
  const RuleEntry* rule = nullptr;
  int32_t part = 0, parts = 1;
};

void* create(TF_OpKernelConstruction* construction) {
  auto* operation = new Operation();
  Status status;
  char name[16] = {};
  TF_OpKernelConstruction_GetAttrString(construction, "rule", name, sizeof name - 1, status.value);
  if (status.ok()) TF_OpKernelConstruction_GetAttrInt32(construction, "part", &operation->part, status.value);
  if (status.ok()) TF_OpKernelConstruction_GetAttrInt32(construction, "parts", &operation->parts, status.value);
  for (const RuleEntry& rule : kRules) {
    if (std::string(rule.name) == name) operation->rule = &rule;
  }
  if (status.ok() && operation->rule == nullptr) {
    TF_SetStatus(status.value, TF_INVALID_ARGUMENT, "DenseUpdate: expected the name of a rule in update-rules.h");
  }
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.value);
  return operation;
}

void run(const Operation& operation, TF_Tensor* const* inputs, int count, TF_Status* status) {
  const RuleEntry& rule = *operation.rule;
  if (count != 1 + rule.slots + 2 + rule.numbers) {
    return TF_SetStatus(status, TF_INVALID_ARGUMENT,
                        "DenseUpdate: expected weights, the rule's slots, x, dy, and the rule's numbers");
  }
  const TF_Tensor *weights = inputs[0], *x = inputs[1 + rule.slots], *dy = inputs[2 + rule.slots];
  const int64_t batch = size_of(x, 0), in = size_of(weights, 0), out = size_of(weights, 1);
  DenseLayer layer = {floats(weights), {}, floats(x), floats(dy), batch, in, out, in * operation.part / operation.parts,
                      in * (operation.part + 1) / operation.parts, nullptr};
  bool fits = has_shape(x, batch, in) && has_shape(dy, batch, out);
  for (int slot = 0; slot < rule.slots; ++slot) {
    fits = fits && has_shape(inputs[1 + slot], in, out);
    layer.slots[slot] = floats(inputs[1 + slot]);
  }
  if (!fits) {
    return TF_SetStatus(status, TF_INVALID_ARGUMENT,
                        "DenseUpdate: expected weights and slots [in, out], x [batch, in], and dy [batch, out]");
  }
  float numbers[kMostNumbers];
  for (int number = 0; number < rule.numbers; ++number) numbers[number] = *floats(inputs[3 + rule.slots + number]);
  layer.numbers = numbers;
  rule.update(layer);
}

void compute(void* kernel, TF_OpKernelContext* context) {
  TF_Tensor* inputs[kMostInputs] = {};
  Status status;
  const int count = std::min(TF_NumInputs(context), kMostInputs);
  for (int index = 0; index < count && status.ok(); ++index) TF_GetInput(context, index, &inputs[index], status.value);
  if (status.ok()) run(*static_cast<Operation*>(kernel), inputs, count, status.value);
  if (!status.ok()) TF_OpKernelContext_Failure(context, status.value);
  for (TF_Tensor* input : inputs) {
    if (input != nullptr) TF_DeleteTensor(input);
  }
}

void destroy(void* kernel) { delete static_cast<Operation*>(kernel); }

bool registered() {
  constexpr const char* kName = "DenseUpdate";
  Status status;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(kName);
  for (const char* input : {"weights: float", "slots: slot_count * float", "x: float", "dy: float", "numbers: number_count * float"}) {
    TF_OpDefinitionBuilderAddInput(definition, input);
  }
  for (const char* attribute : {"slot_count: int >= 1", "number_count: int >= 1", "rule: string", "part: int", "parts: int"}) {
    TF_OpDefinitionBuilderAddAttr(definition, attribute);
  }
  TF_OpDefinitionBuilderSetIsStateful(definition, true);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, [](TF_ShapeInferenceContext*, TF_Status*) {});
  TF_RegisterOpDefinition(definition, status.value);
  if (!status.ok()) return false;
  TF_RegisterKernelBuilder(kName, TF_NewKernelBuilder(kName, "CPU", create, compute, destroy), status.value);
  return status.ok();
}

const bool kRegistered = registered();

}  // namespace
}  // namespace staged_study
