// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/TorchContent.h"

#include <QHash>
#include <QSet>
#include <algorithm>
#include <array>

namespace cairn::ckpt {
namespace {

using Id = Pickle::Id;

struct Allowed {
    QByteArrayView module;
    QByteArrayView names; ///< between blanks; "*" for all without a dot
};

/// What may be imported and called with any arguments: it builds tensors, arrays and plain values. Sources: the allow-list
/// of torch.load(weights_only=True) (torch/_weights_only_unpickler.py), what numpy's and Python's own types reduce to, and
/// the settings and counters that trainers save beside the tensors.
constexpr std::array allowed{
    Allowed{"torch._utils",
            " _rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state _rebuild_qtensor"
            " _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_meta_tensor_no_storage _rebuild_nested_tensor"
            " _rebuild_wrapper_subclass _rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor _rebuild_xla_tensor "},
    Allowed{"torch._tensor", " _rebuild_from_type_v2 Tensor "},
    Allowed{"torch.nn.parameter", " Parameter Buffer UninitializedParameter UninitializedBuffer "},
    Allowed{"torch.storage", " TypedStorage UntypedStorage _TypedStorage _UntypedStorage "},
    Allowed{"torch.serialization", " _get_layout "},
    Allowed{"torch.distributed.tensor", " DTensor "},
    Allowed{"torch.distributed.tensor._dtensor_spec", " DTensorSpec TensorMeta "},
    Allowed{"torch.distributed.tensor.placement_types", " Shard Replicate Partial _StridedShard "},
    Allowed{"torch.distributed.device_mesh", " DeviceMesh "},
    Allowed{"torch.distributed.checkpoint.metadata", "*"}, // data classes and one enumeration
    Allowed{"torch.distributed.checkpoint.filesystem", " _StorageInfo _StoragePrefix "},
    Allowed{"collections", " OrderedDict defaultdict Counter deque "},
    Allowed{"builtins", " int float complex bool str bytes bytearray list dict set frozenset tuple slice range object "},
    Allowed{"__builtin__", " int long float complex bool str unicode bytearray list dict set frozenset tuple slice xrange object "},
    Allowed{"_codecs", " encode "},
    Allowed{"copyreg", " _reconstructor "},
    Allowed{"copy_reg", " _reconstructor "},
    Allowed{"numpy", " ndarray dtype bool_ bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 "},
    Allowed{"numpy.dtypes", "*"},
    Allowed{"numpy.core.multiarray", " _reconstruct scalar "},
    Allowed{"numpy._core.multiarray", " _reconstruct scalar "},
    Allowed{"numpy.core.numeric", " _frombuffer "},
    Allowed{"numpy._core.numeric", " _frombuffer "},
    Allowed{"numpy.random._pickle", " __randomstate_ctor __generator_ctor __bit_generator_ctor "},
    Allowed{"numpy.random._mt19937", " MT19937 "},
    Allowed{"numpy.random._pcg64", " PCG64 "},
    Allowed{"numpy.random.bit_generator", " SeedSequence "},
    Allowed{"datetime", " datetime date time timedelta timezone "},
    Allowed{"pathlib", " Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath "},
    Allowed{"pathlib._local", " Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath "},
    Allowed{"argparse", " Namespace "},
    Allowed{"types", " SimpleNamespace "},
    Allowed{"decimal", " Decimal "},
    Allowed{"fractions", " Fraction "},
    Allowed{"uuid", " UUID "},
    Allowed{"typing", " Any "},
    Allowed{"signal", " Signals "},
    Allowed{"_io", " BytesIO "},
    Allowed{"io", " BytesIO "},
    Allowed{"omegaconf.dictconfig", " DictConfig "},
    Allowed{"omegaconf.listconfig", " ListConfig "},
    Allowed{"omegaconf.base", " ContainerMetadata Metadata "},
    Allowed{"omegaconf.nodes", " AnyNode IntegerNode FloatNode StringNode BooleanNode EnumNode BytesNode PathNode "},
    Allowed{"lightning.fabric.utilities.data", " AttributeDict "},
    Allowed{"lightning_fabric.utilities.data", " AttributeDict "},
    Allowed{"lightning.pytorch.utilities.parsing", " AttributeDict "},
    Allowed{"pytorch_lightning.utilities.parsing", " AttributeDict "},
    Allowed{"pytorch_lightning.callbacks.model_checkpoint", " ModelCheckpoint "}, // keys of "callbacks" before 1.5
    Allowed{"pytorch_lightning.callbacks.early_stopping", " EarlyStopping "},
    Allowed{"deepspeed.runtime.fp16.loss_scaler", " LossScaler DynamicLossScaler "},
    Allowed{"deepspeed.runtime.zero.config", " ZeroStageEnum "},
    Allowed{"deepspeed.utils.tensor_fragment", " fragment_address "},
    Allowed{"megatron.core.enums", " ModelType "},
    Allowed{"megatron.core.transformer.enums", " AttnBackend AttnMaskType AttnType LayerType "},
    Allowed{"megatron.core.rerun_state_machine", " RerunDiagnostic RerunMode RerunState "},
    Allowed{"ultralytics.utils", " IterableSimpleNamespace "},
};

/// Classes of these are the frameworks' own parts of a model, a training or a save, without code of a user in them. They
/// may be made without a call of their constructor and filled with state, no more.
constexpr std::array frameworkParts{"torch.nn.modules.", "torch.nn.utils.", "torch.nn.qat.", "torch.nn.quantized.", "torch.ao.nn.",
                                    "torch.optim.", "torch.amp.", "torch.cuda.amp.", "torch.distributed.", "megatron.core.",
                                    "nvidia_resiliency_ext."};

/// torch.float32, torch.FloatStorage, torch.Size and the like: values, and classes that only hold bytes.
bool isTorchValue(QByteArrayView name)
{
    static constexpr std::array values{"Size", "Tensor", "device", "dtype", "strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr",
                                       "sparse_bsc", "contiguous_format", "channels_last", "channels_last_3d", "preserve_format", "per_tensor_affine",
                                       "per_channel_affine", "per_channel_affine_float_qparams", "per_tensor_symmetric", "per_channel_symmetric"};
    static constexpr std::array types{"float", "double", "half", "bfloat", "int", "uint", "long", "short", "bool", "complex", "cfloat", "cdouble",
                                      "quint", "qint", "bits"};
    const auto isNumber = [](QByteArrayView rest) {
        return std::ranges::all_of(rest, [](char c) { return (c >= '0' && c <= '9') || c == '_' || c == 'x' || c == 'e' || c == 'm' || c == 'f' || c == 'n' || c == 'u' || c == 'z'; });
    };
    if (name.endsWith("Storage"))
        return std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    return std::ranges::any_of(values, [&](const char *value) { return name == value; })
        || std::ranges::any_of(types, [&](const char *type) { return name.startsWith(type) && isNumber(name.sliced(static_cast<qsizetype>(qstrlen(type)))); });
}

bool isAllowed(const Pickle::Global &global)
{
    // "os.system" below a harmless module is found through its attributes.
    if (global.name.isEmpty() || global.name.contains('.') || global.name.contains(' '))
        return false;
    if (global.module == "torch")
        return isTorchValue(global.name);
    return std::ranges::any_of(allowed, [&](const Allowed &entry) {
        return entry.module == global.module
            && (entry.names == "*" || entry.names.contains(QByteArray(' ' + global.name.toByteArray() + ' ')));
    });
}

bool isFrameworkPart(const Pickle::Global &global)
{
    return !global.name.contains('.') && std::ranges::any_of(frameworkParts, [&](const char *prefix) { return global.module.startsWith(prefix); });
}

/// How the globals that need a closer look are used: as the class of objects that are only made and filled, or otherwise.
struct Uses {
    int filled = 0;
    int modules = 0;
    int others = 0;
};

QHash<Id, Uses> usesOf(const Pickle &pickle, const QSet<Id> &globals)
{
    QHash<Id, Uses> uses;
    const auto other = [&](Id id) {
        if (globals.contains(id))
            ++uses[id].others;
    };
    other(pickle.root());
    for (Id id = 0; id < pickle.size(); ++id) {
        const Pickle::Node &node = pickle.node(id);
        if (globals.contains(node.callable)) {
            Uses &use = uses[node.callable];
            const bool filled = node.type == Pickle::Type::Object && node.filledOnly && pickle.node(node.arguments).items.empty();
            ++(filled ? use.filled : use.others);
            use.modules += filled && isModule(pickle, id) ? 1 : 0;
        }
        other(node.arguments);
        other(node.state);
        for (const Id item : node.items)
            other(item);
    }
    return uses;
}

} // namespace

PickleGlobals globalsOf(const Pickle &pickle)
{
    QSet<Id> doubtful;
    for (Id id = 0; id < pickle.size(); ++id) {
        if (pickle.node(id).type == Pickle::Type::Global && !isAllowed(pickle.global(id)))
            doubtful << id;
    }
    PickleGlobals result;
    if (doubtful.isEmpty())
        return result;
    const QHash<Id, Uses> uses = usesOf(pickle, doubtful);
    QList<Id> order = doubtful.values();
    std::ranges::sort(order);
    QSet<QByteArray> seen;
    for (const Id id : std::as_const(order)) {
        const Pickle::Global global = pickle.global(id);
        const Uses use = uses.value(id);
        const bool onlyFilled = use.others == 0 && use.filled > 0;
        if (onlyFilled && isFrameworkPart(global))
            continue;
        const QByteArray name = global.module.isEmpty() ? global.name.toByteArray() : global.module.toByteArray() + '.' + global.name.toByteArray();
        QList<QByteArray> &into = onlyFilled && use.modules == use.filled ? result.modelClasses : result.unknown;
        if (!seen.contains((&into == &result.unknown ? '!' : '.') + name)) {
            seen << (&into == &result.unknown ? '!' : '.') + name;
            into << name;
        }
    }
    return result;
}

} // namespace cairn::ckpt
