// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/WhyItDied.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::situation;
using Kind = DeathCause::Kind;

namespace {

Job job()
{
    Job j;
    j.uid = u"j"_s;
    j.ns = u"ml"_s;
    j.name = u"llama"_s;
    j.phase = JobPhase::Restarting;
    j.mounts = {{u"/ckpt"_s, {}, u"ckpt"_s, false}, {u"/data"_s, {}, u"corpus"_s, true}, {u"/scratch"_s, {}, {}, false}};
    j.env = {{u"CHECKPOINT_DIR"_s, u"/ckpt/llama"_s}};
    return j;
}

Death died(int exitCode = 1, const QString &reason = u"Error"_s)
{
    return {u"ml"_s, u"llama-master-0"_s, u"p"_s, u"pytorch"_s, 3, true, reason, exitCode, {}};
}

/// A traceback as CPython prints it, of `frames` and the exception.
QByteArray traceback(const QByteArray &exception, const QByteArray &source = "main()")
{
    return "step 120 loss 2.31\nTraceback (most recent call last):\n"
           "  File \"/app/train.py\", line 214, in <module>\n    main()\n"
           "  File \"/app/train.py\", line 187, in main\n    "
        + source + "\n" + exception + "\n";
}

/// What torchrun adds below whatever its processes said.
const QByteArray torchrun = R"(E1129 03:12:44.120000 1 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: 1) local_rank: 0 (pid: 17) of binary: /usr/bin/python
Traceback (most recent call last):
  File "/usr/local/bin/torchrun", line 8, in <module>
    sys.exit(main())
  File "/usr/local/lib/python3.11/site-packages/torch/distributed/launcher/api.py", line 263, in launch_agent
    raise ChildFailedError(
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
/app/train.py FAILED
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-11-29_03:12:44
  host      : llama-master-0
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 17)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================
)";

} // namespace

class TestWhyItDied : public QObject
{
    Q_OBJECT

private slots:
    void knownCauses_data()
    {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("subject");
        QTest::addColumn<QString>("claim");
        QTest::addColumn<QString>("inLine");
        const auto row = [](const char *name, const QByteArray &log, Kind kind, const QString &subject, const QString &claim, const QString &inLine) {
            QTest::newRow(name) << log << static_cast<int>(kind) << subject << claim << inLine;
        };
        row("errno 28 with a path", traceback("OSError: [Errno 28] No space left on device: '/ckpt/llama/step-120.pt'", "torch.save(state, tmp)"), Kind::NoSpace,
            u"/ckpt/llama/step-120.pt"_s, u"ckpt"_s, u"Errno 28"_s);
        row("errno 28 without one: where it saves", traceback("OSError: [Errno 28] No space left on device", "f.flush()"), Kind::NoSpace, u"/ckpt/llama"_s, u"ckpt"_s,
            u"Errno 28"_s);
        row("torch.save hides the errno",
            traceback("RuntimeError: [enforce fail at inline_container.cc:603] . unexpected pos 2304 vs 2198", "torch.save(obj, '/ckpt/llama/step-9.pt')"), Kind::NoSpace,
            u"/ckpt"_s, u"ckpt"_s, u"unexpected pos"_s);
        row("torch.save, both halves",
            traceback("RuntimeError: PytorchStreamWriter failed writing file data/12: file write failed")
                + "\nDuring handling of the above exception, another exception occurred:\n\n"
                + traceback("RuntimeError: [enforce fail at inline_container.cc:424] . unexpected pos 640 vs 534"),
            Kind::NoSpace, u"/ckpt/llama"_s, u"ckpt"_s, u"unexpected pos"_s);
        // Word for word of torch 1.13 on a full tmpfs: no Python is left to tell the path.
        row("torch.save that aborts",
            "terminate called after throwing an instance of 'c10::Error'\n  what():  [enforce fail at inline_container.cc:325] . unexpected pos 448 vs 378\n"
            "frame #0: <unknown function> + 0x4c062 (0x7f98ef5f2062 in /lib/x86_64-linux-gnu/libc10.so.1.13)\n"
            "frame #5: caffe2::serialize::PyTorchStreamWriter::writeEndOfFile() + 0x420 (0x7f98ea45ead0 in /lib/x86_64-linux-gnu/libtorch_cpu.so.1.13)\n",
            Kind::NoSpace, u"/ckpt/llama"_s, u"ckpt"_s, u"448 vs 378"_s);
        row("safetensors", traceback("safetensors_rust.SafetensorError: Error while serializing: IoError(Os { code: 28, kind: StorageFull, message: \"No space left on device\" })"),
            Kind::NoSpace, u"/ckpt/llama"_s, u"ckpt"_s, u"StorageFull"_s);
        row("a quota", traceback("OSError: [Errno 122] Disk quota exceeded: '/ckpt/llama/x'"), Kind::NoSpace, u"/ckpt/llama/x"_s, u"ckpt"_s, u"quota"_s);
        row("another PVC", traceback("OSError: [Errno 28] No space left on device: '/data/cache/tokens.bin'"), Kind::NoSpace, u"/data/cache/tokens.bin"_s, u"corpus"_s, u"28"_s);
        row("no PVC", traceback("OSError: [Errno 28] No space left on device: '/root/.cache/huggingface/x'"), Kind::NoSpace, u"/root/.cache/huggingface/x"_s, {}, u"28"_s);
        row("a shell", "sh: write error: No space left on device\n", Kind::NoSpace, u"/ckpt/llama"_s, u"ckpt"_s, u"write error"_s);
        row("below torchrun's own words", traceback("OSError: [Errno 28] No space left on device: '/ckpt/llama/a'") + torchrun, Kind::NoSpace, u"/ckpt/llama/a"_s, u"ckpt"_s,
            u"28"_s);

        row("CUDA OOM, torch 2.1",
            traceback("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.20 GiB is free."),
            Kind::GpuMemory, {}, {}, u"Tried to allocate"_s);
        row("CUDA OOM, torch 2.6, of a rank",
            "[rank3]: Traceback (most recent call last):\n[rank3]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.\n" + torchrun, Kind::GpuMemory, {},
            {}, u"rank3"_s);
        row("CUDA OOM, torch 1.13", traceback("RuntimeError: CUDA out of memory. Tried to allocate 1.00 GiB (GPU 0; 15.78 GiB total capacity)"), Kind::GpuMemory, {}, {}, u"1.00"_s);
        row("cublas", traceback("RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), Kind::GpuMemory, {}, {}, u"CUBLAS"_s);
        row("jax", traceback("jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 17179869184 bytes."), Kind::GpuMemory, {}, {},
            u"RESOURCE"_s);

        row("a worker is killed", traceback("RuntimeError: DataLoader worker (pid 231) is killed by signal: Killed. "), Kind::HostMemory, {}, {}, u"pid 231"_s);
        row("the CPU allocator", traceback("RuntimeError: [enforce fail at alloc_cpu.cpp:114] data. DefaultCPUAllocator: can't allocate memory: you tried to allocate 68719476736 bytes."),
            Kind::HostMemory, {}, {}, u"68719476736"_s);
        row("numpy", traceback("numpy._core._exceptions._ArrayMemoryError: Unable to allocate 64.0 GiB for an array"), Kind::HostMemory, {}, {}, u"64.0"_s);
        row("/dev/shm",
            traceback("RuntimeError: DataLoader worker (pid 99) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your "
                      "shared memory limit."),
            Kind::SharedMemory, {}, {}, u"Bus error"_s);
        row("/dev/shm by its error number", traceback("RuntimeError: unable to write to file </torch_412_1>: No space left on device (28)"), Kind::SharedMemory, {}, {}, u"torch_412"_s);
        row("nccl's segment", "llama-0:33:33 [0] misc/shmutils.cc:72 NCCL WARN Error: failed to extend /dev/shm/nccl-AbCdEf to 9637892 bytes, error: No space left on device (28)\n",
            Kind::SharedMemory, {}, {}, u"shmutils"_s);

        row("no GPU", traceback("RuntimeError: No CUDA GPUs are available"), Kind::GpuFault, {}, {}, u"No CUDA"_s);
        row("an image without CUDA", traceback("AssertionError: Torch not compiled with CUDA enabled"), Kind::GpuFault, {}, {}, u"not compiled"_s);
        row("ECC", traceback("RuntimeError: CUDA error: uncorrectable ECC error encountered"), Kind::GpuFault, {}, {}, u"ECC"_s);

        row("a zip without its end", traceback("RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory", "torch.load('/ckpt/llama/step-9.pt')"),
            Kind::BadCheckpoint, u"/ckpt/llama/step-9.pt"_s, u"ckpt"_s, u"central directory"_s);
        row("state_dict",
            traceback("RuntimeError: Error(s) in loading state_dict for GPT:\n\tsize mismatch for lm_head.weight: copying a param with shape torch.Size([50257, 768])", "model.load_state_dict(s)"),
            Kind::BadCheckpoint, {}, {}, u"size mismatch"_s);
        row("weights only", traceback("_pickle.UnpicklingError: Weights only load failed. This file can still be loaded"), Kind::BadCheckpoint, {}, {}, u"Weights only"_s);
        row("a cut file, torch 1.13",
            "Traceback (most recent call last):\n  File \"/app/train.py\", line 16, in <module>\n    state = torch.load('/ckpt/llama/step-9.pt')\n"
            "  File \"/usr/lib/python3/dist-packages/torch/serialization.py\", line 777, in load\n    with _open_zipfile_reader(opened_file) as opened_zipfile:\n"
            "  File \"/usr/lib/python3/dist-packages/torch/serialization.py\", line 282, in __init__\n    super().__init__(torch._C.PyTorchFileReader(name_or_buffer))\n"
            "OSError: [Errno 22] Invalid argument\n",
            Kind::BadCheckpoint, u"/ckpt/llama/step-9.pt"_s, u"ckpt"_s, u"Errno 22"_s);
        row("an empty pickle", traceback("EOFError: Ran out of input"), Kind::BadCheckpoint, {}, {}, u"Ran out"_s);
        row("no optimizer in it", traceback("KeyError: 'optimizer'", "opt.load_state_dict(ckpt['optimizer'])"), Kind::BadCheckpoint, {}, {}, u"KeyError"_s);

        row("module", traceback("ModuleNotFoundError: No module named 'flash_attn'", "import flash_attn"), Kind::MissingModule, u"flash_attn"_s, {}, u"flash_attn"_s);
        row("python -m", "/usr/bin/python3: No module named torch.distributed.run\n", Kind::MissingModule, u"torch.distributed.run"_s, {}, u"No module"_s);
        row("library", "python: error while loading shared libraries: libcudart.so.12: cannot open shared object file: No such file or directory\n", Kind::MissingModule,
            u"libcudart.so.12"_s, {}, u"libcudart"_s);
        row("file", traceback("FileNotFoundError: [Errno 2] No such file or directory: '/data/train.bin'"), Kind::MissingFile, u"/data/train.bin"_s, {}, u"Errno 2"_s);
        row("file, in the script's own words", traceback("FileNotFoundError: /data/train.idx"), Kind::MissingFile, u"/data/train.idx"_s, {}, u"train.idx"_s);
        row("script", "python: can't open file '/app/trian.py': [Errno 2] No such file or directory\n", Kind::MissingFile, u"/app/trian.py"_s, {}, u"trian"_s);
        row("command", "/bin/sh: 1: torchrun: not found\n", Kind::MissingFile, u"torchrun"_s, {}, u"torchrun"_s);
        row("permission", traceback("PermissionError: [Errno 13] Permission denied: '/ckpt/llama'", "os.makedirs(out)"), Kind::Permission, u"/ckpt/llama"_s, u"ckpt"_s, u"Errno 13"_s);
        row("read-only", traceback("OSError: [Errno 30] Read-only file system: '/data/out'"), Kind::Permission, u"/data/out"_s, u"corpus"_s, u"Errno 30"_s);
        row("key", traceback("KeyError: 'input_ids'", "x = batch['input_ids']"), Kind::MissingKey, u"input_ids"_s, {}, u"KeyError"_s);
        row("environment", traceback("ValueError: Error initializing torch.distributed using env:// rendezvous: environment variable MASTER_ADDR expected, but not set"), Kind::MissingKey,
            u"MASTER_ADDR"_s, {}, u"MASTER_ADDR"_s);

        row("NCCL watchdog",
            "[rank0]:[E1129 03:10:01.5 ProcessGroupNCCL.cpp:616] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=812, OpType=ALLREDUCE, NumelIn=25557032, "
            "Timeout(ms)=600000) ran for 600029 milliseconds before timing out.\n"
            "terminate called after throwing an instance of 'c10::DistBackendError'\n",
            Kind::LostPeer, {}, {}, u"DistBackendError"_s);
        row("gloo", traceback("RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.244.1.7]:52101"), Kind::LostPeer, u"10.244.1.7"_s, {},
            u"closed by peer"_s);
        row("no master", traceback("TimeoutError: The client socket has timed out after 3s while trying to connect to (127.0.0.1, 29999)."), Kind::LostPeer, u"127.0.0.1"_s, {},
            u"29999"_s);
        row("rendezvous", traceback("torch.distributed.DistStoreError: Timed out after 1801 seconds waiting for clients. 1/2 clients joined."), Kind::LostPeer, {}, {}, u"1/2 clients"_s);
        row("its own error outweighs the peers'", traceback("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1 GiB") + traceback("RuntimeError: NCCL communicator was aborted on rank 0."),
            Kind::GpuMemory, {}, {}, u"Tried"_s);

        row("none that is known", traceback("ValueError: num_samples should be a positive integer value, but got num_samples=0") + torchrun, Kind::Exception, {}, {}, u"num_samples=0"_s);
        row("survived long before",
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1 GiB; trying a smaller batch\n" + QByteArray("step\n").repeated(60) + traceback("ValueError: x is NaN"),
            Kind::Exception, {}, {}, u"NaN"_s);
        row("no exception", "loading\nbad argument: --epohcs\n", Kind::Exception, {}, {}, u"--epohcs"_s);
        row("a warning above", "mkdir: /var/run/x: Permission denied\n" + QByteArray("step\n").repeated(30) + traceback("ValueError: bad batch"), Kind::Exception, {}, {}, u"bad batch"_s);
    }

    void knownCauses()
    {
        QFETCH(QByteArray, log);
        QFETCH(int, kind);
        QFETCH(QString, subject);
        QFETCH(QString, claim);
        QFETCH(QString, inLine);
        const std::optional<DeathCause> cause = causeOf(died(), log, job());
        QVERIFY(cause);
        QCOMPARE(causeWord(cause->kind), causeWord(static_cast<Kind>(kind)));
        QCOMPARE(cause->subject, subject);
        QCOMPARE(cause->claim, claim);
        QVERIFY2(cause->line.contains(inLine), qPrintable(cause->line));
    }

    void theExitAloneTells()
    {
        const std::optional<DeathCause> oom = causeOf(died(137, u"OOMKilled"_s), {}, job());
        QVERIFY(oom && oom->kind == Kind::HostMemory);
        QCOMPARE(shortText(*oom), u"OOMKilled: memory limit reached"_s);
        const std::optional<DeathCause> fault = causeOf(died(139), "step 1\n", job());
        QVERIFY(fault && fault->kind == Kind::Signal);
        QCOMPARE(fault->subject, u"SIGSEGV"_s);
        // What a shell says of a process that somebody killed: it may have been for lack of memory, or not.
        const std::optional<DeathCause> killed = causeOf(died(137), "saved step-100.pt\nKilled\n", job());
        QVERIFY(killed && killed->kind == Kind::Signal);
        QCOMPARE(killed->subject, u"SIGKILL"_s);
        QVERIFY(!causeOf(died(1), {}, job())); // "exit 1" alone is no cause
    }

    void hostileLogsAreBoundedAndSafe()
    {
        QByteArray log = "KeyError: '\x1b[31m" + QByteArray("\xe2\x80\xae") + QByteArray("a").repeated(200'000) + "'\n";
        const std::optional<DeathCause> cause = causeOf(died(), log, job());
        QVERIFY(!cause || cause->line.size() <= 400);
        const std::optional<DeathCause> bidi = causeOf(died(), "ValueError: \xe2\x80\xae gnp.exe\n", job());
        QVERIFY(bidi && !shortText(*bidi).contains(QChar(0x202e)));
        QVERIFY(causeOf(died(), QByteArray("(" ).repeated(60'000), job()));
        QVERIFY(causeOf(died(), QByteArray("\n/" ).repeated(30'000) + "\nOSError: [Errno 28] No space left on device\n", job()));
    }

    void eachCauseHasWords()
    {
        for (int kind = 0; kind <= static_cast<int>(Kind::Signal); ++kind) {
            DeathCause cause;
            cause.kind = static_cast<Kind>(kind);
            cause.line = u"x"_s;
            QVERIFY(!causeWord(cause.kind).isEmpty());
            QVERIFY(!shortText(cause).isEmpty());
            QVERIFY(sentence(cause).endsWith(u'.'));
            QVERIFY(fixText(cause).endsWith(u'.'));
        }
        const std::optional<DeathCause> full = causeOf(died(), "OSError: [Errno 28] No space left on device: '/ckpt/llama/a'", job());
        QVERIFY(full);
        QCOMPARE(shortText(*full), u"no space left on PVC ckpt"_s);
        QVERIFY(sentence(*full).contains(u"PVC ckpt"_s));
        QVERIFY(fixText(*full).contains(u"PVC ckpt"_s));
    }

    void theFirstToDieIsReadFirst()
    {
        const auto pod = [](const QString &name, int exitCode, int second, bool runsAgain) {
            Pod p;
            p.ns = u"ml"_s;
            p.name = p.uid = name;
            ContainerState c;
            c.name = u"pytorch"_s;
            c.restarts = 2;
            const QDateTime at(QDate(2026, 11, 29), QTime(3, 0, second), QTimeZone::utc());
            if (runsAgain) {
                c.state = u"waiting"_s;
                c.reason = u"CrashLoopBackOff"_s;
                c.lastExitCode = exitCode;
                c.lastFinished = at;
            } else {
                c.state = u"terminated"_s;
                c.exitCode = exitCode;
                c.finished = at;
            }
            p.containers = {c};
            return p;
        };
        const QList<Pod> pods{pod(u"w1"_s, 1, 30, true), pod(u"w2"_s, 1, 10, false), pod(u"m"_s, 143, 5, false), pod(u"ok"_s, 0, 1, false)};
        const QList<Death> deaths = deathsOf(job(), pods);
        QCOMPARE(deaths.size(), 2);
        QCOMPARE(deaths[0].pod, u"w2"_s);
        QVERIFY(!deaths[0].previous);
        QCOMPARE(deaths[1].pod, u"w1"_s);
        QVERIFY(deaths[1].previous);
        QCOMPARE(deaths[1].key(), u"w1/pytorch/2"_s);
        QCOMPARE(deathsOf(job(), {pod(u"m"_s, 143, 5, false)}).size(), 1); // nothing else there is
        Job well = job();
        well.phase = JobPhase::Running;
        QVERIFY(deathsOf(well, pods).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestWhyItDied)
#include "tst_whyitdied.moc"
