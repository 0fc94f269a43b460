<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_TW">
<context>
    <name>TrustMark</name>
    <message>
        <source>whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unverified</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UsageBar</name>
    <message>
        <source>%1&#x202f;%</source>
        <extracomment>A share, with the space typographers want before the sign. Translate the order and the space if need be.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Vocabulary</name>
    <message>
        <source>Not checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable, read-only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable, limited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exec plugin not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not reachable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entry is broken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fix…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How to renew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restarting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queued</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suspended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unverified</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ApiStatus</name>
    <message>
        <source>%1 “%2” in namespace “%3”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 “%2”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in namespace “%2”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in the whole cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster does not accept these credentials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in to the cluster again, or check the user entry in the kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not allowed to %1 %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask whoever manages the cluster for the right to %1 %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask whoever manages the cluster to give user “%1” the right to %2 %3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not have %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the resource type is installed on this cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh the list: it may have been deleted meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name is taken already: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody else changed %1 meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the present state and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server no longer keeps the asked state of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the list again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server refused to %1 %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the fields the server names.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server cannot %1 %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is busy and asks to try again later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait a moment; it is tried again by itself where that is safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server did not answer in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; if it goes on, the cluster&apos;s control plane is overloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server failed to %1 %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; if it goes on, look at the cluster&apos;s control plane.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::Error</name>
    <message>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::FrameDecoder</name>
    <message>
        <source>The event stream is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An event claims to be %1 bytes long.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds something that is not a JSON object.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An event is longer than %1 bytes.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ObjectDecoder</name>
    <message>
        <source>The server&apos;s answer could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the address in the kubeconfig is a Kubernetes API server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds “%1” instead of “%2”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::app</name>
    <message>
        <source>This cluster has no training jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It serves none of the kinds of the Kubeflow training operator (API group kubeflow.org/v1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the training operator, or choose another context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not a kind of training job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no kind of training job &quot;%1&quot; here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several jobs in %1 have the name %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are of the kinds %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the kind too: %1/%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no training job %1 in namespace %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>List them with: cairnctl jobs -n %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoints of %1 cannot be listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say where it saves: the folder inside its container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No running pod of %1 mounts the claim %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listing by exec needs one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow the helper Job instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint %1 is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was deleted after the list was read, perhaps by the training itself, which keeps only the last ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the list again and choose another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no checkpoint to resume from below %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of the %1 found is whole and holds what a resume needs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See: cairnctl checkpoints JOB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no checkpoint &quot;%1&quot; below %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Client certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name and password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign-in program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auth provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waits for step %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tried without a credential · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (line %1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::app::ConnectController</name>
    <message>
        <source>at most 5 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a kubeconfig file</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::app::JobController</name>
    <message>
        <source>The folder could not be remembered on the job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is not there any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is guessed from %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This job carries the record of a resume that cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A resume that began %1 was not finished.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From %1; it is now: %2. Finish goes on from there, Undo brings the job back as it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not %1 %2 in namespace %3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoints of this job cannot be listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say where it saves: the folder inside its container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at how the claim can be read…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not create jobs.batch in namespace %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not read the claim %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 may neither create jobs in the group batch nor run commands in pods of namespace %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading checkpoints…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No container of this job was restarted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pods of this job are gone, and their logs with them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logs appear here when the first pod starts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logs of %1 pods are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job has %1; the others are left out.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::app::MainWindow</name>
    <message>
        <source>Cairn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoints are not read yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the list first, then choose one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no checkpoint to resume from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a context to start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>namespace: all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>namespace: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n namespace(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>server not verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live · %1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not connected; last read %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>signed in as %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · the server&apos;s certificate is not verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl 0  contexts
Ctrl 1  jobs
/  filter
↑ ↓  move, Enter opens, Esc goes back
L  logs of the job
R  resume…
F5  read again
Logs: F follow, N and Shift N hits, E error
F1  this list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::app::ResumeController</name>
    <message>
        <source>%1 · %2 must be computed again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>An unknown number of steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resuming %1 from step %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resuming %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finishing the resume of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undoing the resume of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step %1 reached %2 after the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training goes on; %1 after the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job was let go. The first step was not waited for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is back as it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the job as YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>YAML files (*.yaml)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file could not be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::charts::TimelineChart</name>
    <message>
        <source>No checkpoints yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint timeline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint timeline: %1, %2</source>
        <comment>title and detail of the chosen one</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s) from step %1 to %2: %3 whole, %4 writing, %5 unverified, %6 damaged.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n restart(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failure(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unverified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy summary</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt</name>
    <message>
        <source>not read yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checking it takes more than the read budget of %1 MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 could not be listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder %1 does not exist, or this user may not enter it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct where the job saves, or list as the user who owns the files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder %1 leads out of the volume through a link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the folder itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The image has no %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an image with the usual shell tools, such as one based on Debian or Alpine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The helper printed nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The helper printed something else: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use an image with a shell, or list through exec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not every file could be checked in %1 rounds; those are shown as unverified.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Reading %n ranges of files</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Not every file could be checked: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image is known for the helper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name an image that has a shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pod %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its image cannot run the listing (exit code %1): %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>List with a helper Job and an image that has a shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shard %1 has no end record: it is cut short or still being written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shard %1 is cut short: %2 of %3 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 shards are there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its shards do not end like torch.save files; another serializer may have written them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every rank wrote its own metadata (use_collectives=False), so nothing says how many ranks there were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.metadata, which is written last, and the shards of rank %1 are missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.metadata, which is written last, is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>meta.pt is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>metadata.json, which Megatron writes last, is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.metadata names no shards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.metadata could not be followed to its end; %1 shards are there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds weights alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all %1 shards that .metadata names are there with their full size and end record; contents not read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.metadata, which is written last, is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.metadata.tmp is there: a save is under way or was broken off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim %1 cannot be listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is %1, not Bound; a helper that mounts it would have it provisioned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until a job has used it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is ReadWriteOncePod and pod %1 uses it, so no other pod may mount it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>List through exec into that pod</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pod mounts it, so no image is known that this namespace can run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trainer_state.json is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trainer_state.json breaks off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trainer_state.json is not valid JSON: it is cut short or still being written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trainer_state.json names no global_step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none of %1 rng_state files is there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rng_state.pth is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 rng_state files are there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trainer_state.json, which is written last, is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the marker %1 says that the save was not finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the optimizer state is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was saved with save_only_model, so the optimizer state is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trainer_state.json, the model and every other file of the trainer are there and hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1; not for a resume: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1; not for a resume: its name is not UTF-8 and cannot be given to a pod</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the first %1 checkpoints and files were looked into.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tensor %1 has no valid place in the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the shape of tensor %1 does not match its size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its tensors overlap or leave holes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is cut short: %1 of %2 tensor bytes are there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is %1 bytes longer than its header says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is cut short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file does not begin with a safetensors header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is cut short within its header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the safetensors header is not valid JSON</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It saves to %1; listing object stores is not supported yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is %2, and the variable in it is not known from the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is the relative path %2, and the container&apos;s working folder is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is %2, which is on no claim: it is gone when the pod is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CHECKPOINT_DIR comes from a Secret or ConfigMap, whose contents are not read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job mounts no claim, so its checkpoints do not outlive its pods.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing in the job tells where it saves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>written by torch before 1.6, whose files have no directory: it cannot be checked without loading it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the numbering of its tensor storages has gaps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a tensor storage that its data.pkl names is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its data.pkl has the right checksum, but is no pickle this version can follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no torch file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not valid JSON</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 names no shards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the checksum of entry %1 does not match: bytes changed after it was written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the zip end record is missing: the file is cut short or still being written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the ZIP64 end record is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the ZIP64 end record lies outside the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the ZIP64 end record is not where its locator says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the zip directory breaks off at entry %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>entry %1 has a damaged ZIP64 field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>entry %1 lies outside the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the zip directory holds more than its end record says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>entries %1 and %2 overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its compressed entries are too large to check</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt::FolderSource</name>
    <message>
        <source>The folder %1 cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the folder that holds the checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask its owner for read access</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the path and the file system</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt::HelperRun</name>
    <message>
        <source>The claim %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for the right to create jobs.batch in %1, or list through exec into a running pod that mounts the claim</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the helper&apos;s image or user, or list through exec into a running pod that mounts the claim</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an image this cluster can pull and that has a shell, or list through exec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The helper Job was ended before it finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; look at the events of the namespace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for room in the quota or an exception of the policy, or list through exec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make room on the node that holds the volume, or list through exec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The helper is reading the claim</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the helper to start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The helper&apos;s container ended: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an image that has a shell, or list through exec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pod does not start: %1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pod could not be placed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pod did not start in time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt::Read</name>
    <message>
        <source>entry %1 has no header where the directory says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>entry %1 reaches into the directory</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt::Recogniser</name>
    <message>
        <source>Checking %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all %1 shards are there, each as long as its header says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds weights alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 shards are there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is exactly as long as its header says; the format has no checksums</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>whether it holds an optimizer state cannot be told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>directory, entry bounds, numbering and every checksum hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>directory, entry bounds, numbering and the checksum of data.pkl hold; contents not read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has the random states of %1 ranks, others of this run have %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt::RecordedSource</name>
    <message>
        <source>The listing came back cut short; what is shown is not everything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are more files than one listing can hold; name a folder further down.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some folders could not be read: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not every other file was counted, so sizes of folders may be too small.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt::Walk</name>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listing %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n folders could not be read, the first is %1.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folders lie deeper than %1 levels and were left out.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The listing stopped after %1 entries; name a folder further down.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More than %1 files look like parts of checkpoints; the rest was left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The listing was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::ckpt::ZipDirectory</name>
    <message>
        <source>the file is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is cut short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the zip directory does not fit the file&apos;s size</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ExecConsentDialog</name>
    <message>
        <source>Allow %1 to run?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context **%1** signs in with a program on this computer. It runs with your rights each time a new credential is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asked for by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The consent holds for exactly this program, file, arguments and environment. If any of them changes, Cairn asks again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not allow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow this program</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ProgramsDialog</name>
    <message>
        <source>Programs that may run for sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No program is allowed now. Each asks before its first run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from %1</source>
        <comment>kubeconfig file</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, allowed %2</source>
        <comment>origin, time</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take back the consent for %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ResumeDialog</name>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is resumed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This job, in place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume from it although nobody checked that it is whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change how the script is told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saves to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put a small wrapper before the command, so that restarts go on from the newest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What stands in the way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to know first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Told by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save YAML…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>**How does the training script take the checkpoint?** Asked once; the answer is kept on the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An environment variable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An argument</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It looks for its newest checkpoint by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variable for the checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variable for the new save folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for the new save folder, may stay empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arguments for the checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arguments for the new save folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>--output={save}, may stay empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume %1 from step %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume %1 from %2</source>
        <comment>job, checkpoint</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new job starts from this checkpoint. The old job and all its checkpoints stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is suspended, its pods end, then it starts again from this checkpoint. All its checkpoints stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job starts again from this checkpoint. All its checkpoints stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`%1` · %2 · %3</source>
        <comment>path, size, trust</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known yet: say below how the script takes the path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`%1`, a fresh folder</source>
        <comment>path</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What changes against %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say how the script takes the path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s) stand(s) in the way.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The checkpoint is not verified.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checks are running…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checks do not allow it yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A variable&apos;s name has letters, digits and underscores and does not begin with a digit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put {path}, {dir} or {step} where the checkpoint goes, for example --resume={path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put {save} where the new folder goes, for example --output={save}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on in background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::editors::DiffView</name>
    <message numerus="yes">
        <source>%n equal line(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>What changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 added, %2 removed</source>
        <comment>lines</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::editors::YamlView</name>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select all</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::items</name>
    <message>
        <source>now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 local, %2 UTC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>torch zip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DCP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HF Trainer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>safetensors</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::items::CheckpointTableModel</name>
    <message>
        <source>%1 · %2 of %3 files</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n file(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Resume from here…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A damaged checkpoint cannot be resumed. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This checkpoint is still being written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 bytes in %n file(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Checkpoint %1, %2, %3</source>
        <comment>step, trust, age</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::items::ContextTableModel</name>
    <message>
        <source>not verified · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>context or state, and its detail</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 Why: %2 Fix: %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not checked for this context: anybody on the network path can read and change what is sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>current</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::items::EventTableModel</name>
    <message>
        <source>First %1. Last %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::items::JobTableModel</name>
    <message>
        <source>being deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by Kueue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>state of a job and its cause</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost at most %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoints of this job have not been read yet. Open the job to read them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read at %1; there was no checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved %1. Read %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoints of this job have not been read yet; more than everything since its start cannot be lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unknown: the state of this job is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is computed now, so nothing would be lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of work on %2 since the newest whole checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n GPU(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Created %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <comment>column, trust in the checkpoint, age</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Work since the newest whole checkpoint, times the GPUs of the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lost if stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Age</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::items::PodTableModel</name>
    <message>
        <source>last: %1</source>
        <comment>reason of the previous container&apos;s end</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>state of a pod and its cause</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pod</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Age</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs</name>
    <message>
        <source>Arguments cannot be added to this command.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a shell line whose last part is not plainly the training program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the script read an environment variable, or put &quot;$@&quot; behind the program in the line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” cannot be the name of the new job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A job&apos;s name has lower-case letters, digits and “-”, begins with a letter and ends with a letter or digit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pods and services would have names of more than 63 characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use at most %1 characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A job of this name exists in the namespace.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job sets neither CHECKPOINT_DIR nor RESUME_FROM_CHECKPOINT, and its command names no framework whose resume arguments are known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, found in the job&apos;s arguments.</source>
        <extracomment>%1 is a framework such as torchtitan</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” does not say how the script takes a path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write env:NAME, arg:--flag={path} or newest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write env:NAME or arg:--flag={save}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name different variables for the checkpoint and for the directory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chosen by you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remembered on the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job sets CHECKPOINT_DIR.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job sets RESUME_FROM_CHECKPOINT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) will be stopped; each has %1 to end.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) of the old job stay for their logs.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The job was changed meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the job as it is now and resume again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody else took over the resume of this job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The record on the job is no longer the one of this resume.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the job as it is now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Waiting for %n pod(s) to end; up to %1 each.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>There is no unfinished resume on the job %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody may have finished or undone it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the checkpoint once more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint %1 is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint %1 is not whole any longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Creating the job %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A job named %1 exists already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the first step after the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training goes on from the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job cannot be resumed like this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to put back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job belongs to %1 %2, which may undo a change or start the job anew.</source>
        <extracomment>%1 kind, %2 name: &quot;Experiment random-search&quot;</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job waits in the Kueue queue %1; Kueue alone decides when it is suspended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is managed by %1 (spec.runPolicy.managedBy).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Argo CD keeps the job as its application %1 says and would revert a change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flux keeps the job as its %1 %2 says and would revert a change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job belongs to the Helm release %1; its next upgrade would revert a change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The record of a resume on this job cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the annotation cairn.console/resume if nobody is resuming the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pod template of %1 was changed meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its environment, command or arguments are neither what they were nor what the resume makes of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the job&apos;s YAML, then resume again or undo by hand.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs::Planner</name>
    <message>
        <source>The checkpoint is damaged: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint is still being written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an older one, or wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody can say whether this checkpoint is whole: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirm that you want to try it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint holds weights alone: optimizer and step would start anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a checkpoint with the training state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not known under which path the job&apos;s containers see this checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say where the job saves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job mounts no claim at %1, so its new pods would not find the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a checkpoint on a claim the job mounts, or add the mount to its YAML.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint&apos;s path is not UTF-8 and cannot be written into a Kubernetes object.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint&apos;s path holds a line break.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is being deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume it as a new job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job itself stays untouched: create a new job, or take the YAML to whoever manages it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new job belongs to nobody but you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An earlier resume of this job is not finished.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish it or undo it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The old job goes on: both will hold GPUs and quota until you stop one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not known how this job&apos;s script takes a checkpoint. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say which variable or argument takes the path; it is remembered on the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The script looks for its newest checkpoint by itself, so it cannot be told to start from an older one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the newest whole checkpoint, or say how the script takes a path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not known how this job&apos;s script is told where to save, and a new attempt must not write among the old checkpoints.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say which variable or argument takes the directory; it is remembered on the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The script is told a step, but the step of this checkpoint is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a checkpoint whose step is known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job saves to %1, which is on no claim: what it saves there is lost with its pod.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mount a claim there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim at %1 is mounted read-only, so the new attempt could not save.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mount it writable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pod template of %1 has no container %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the job&apos;s YAML.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command of the job is its image&apos;s own entry point, which is not known here; it cannot be wrapped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on without the wrapper, or write the command into the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 takes its command from the image; the image&apos;s own arguments, if it has any, are replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every restart begins again at step %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every restart begins again at this checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the wrapper: it goes on from the newest checkpoint of the new attempt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The Trainer does not read --resume_from_checkpoint by itself: the script must pass it on to train().</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The script finds its newest checkpoint only where it saved before, so the new attempt saves into the same directory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint is not verified: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is suspended now; it will run when this is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job keeps its last %1 checkpoints only: if it saves once more while it stops, this one may be removed. It is looked for again before anything changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The old job deletes itself %1 after it finished; its checkpoints stay on the claim.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs::Preflight</name>
    <message>
        <source>The checkpoint is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint could not be read again: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint is whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint is whole: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint is not verified: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint is still being written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an older one, or wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint is damaged: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job %1 is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another job of the same name took its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open that job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job was changed since this was opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is as it was read (generation %1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not known whether you may change the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may %1 %2 in %3.</source>
        <extracomment>%1 a verb such as patch, %2 a resource, %3 a namespace</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not %1 %2 in %3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for a role with the verb %1 on %2.%3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not list pods in %1, so nobody could tell when the old ones are gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not read the pods&apos; logs in %1, so the first step cannot be followed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for the verbs list on pods and get on pods/log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The namespace&apos;s quotas cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No quota limits %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job takes again what it frees by stopping.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quota %1 holds for some pods only and was not counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quota %1: the job needs %2 of %3, %4 of %5 are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for a larger quota.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pods wait until something else ends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No quota in %1 counts what the job asks for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim %1 does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pods would wait for it for ever.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim %1 cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim %1 is being deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes away as soon as no pod uses it; save its data first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim %1 is not bound (%2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at its events.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim %1 can be mounted on one node only, and the old job holds it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the old job, or the new pods may wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Claim %1 is bound.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Priority class %1 exists.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The priority class %1 does not exist, so no pod could be created.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for the class, or remove it from the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The priority class %1 cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job&apos;s pods cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pod has to be stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The API server accepts the change (dry run).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The API server accepts the job (dry run).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The API server refuses it (dry run): %1 %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The dry run got no answer: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs::ResumeState</name>
    <message>
        <source>It is larger than any record Cairn writes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is no JSON object.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was written by another version of Cairn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of it is missing or has the wrong type.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs::RoleChange</name>
    <message>
        <source>The record of a resume on this job cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of it is missing or has the wrong type.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the annotation cairn.console/resume if nobody is resuming the job.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs::Runner</name>
    <message>
        <source>Looking at the checkpoint once more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint could not be looked at once more: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint %1 is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint %1 is not whole any longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suspending the job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another resume of it was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is being deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its specification, labels or owner are not those the plan was made from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has finished; a finished job cannot be resumed in place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection broke at the first change: the job may be suspended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the first step after the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training goes on from the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It finished while it was being suspended; a finished job cannot be resumed in place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody let it go again before its template was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training operator did not confirm that the job is suspended; it may not be running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pod %1 on node %2 is still there although its time to stop is over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job&apos;s pods did not end within %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their node may be lost, or a finalizer holds them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring the node back or delete the pods by force, then finish or undo the resume.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changing the job&apos;s template.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Letting the job go.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The record of the resume could not be removed from the job: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Putting the job back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job has finished meanwhile: its template is restored, but it will not run again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is back as it was.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs::detail::Flow</name>
    <message>
        <source>The job %1 is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another job of the same name took its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open that job and resume it instead.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::jobs::detail::Follower</name>
    <message>
        <source>No step after the checkpoint was seen within %1; the job goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not followed to the first step; the job goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody else took over this job, so it is not followed any longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job&apos;s pods cannot be read, so it is not followed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pod %1 is %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pod %1 waits: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The resumed training keeps failing: pod %1 ended %2 times.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read its log, put the job back, or resume from another checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job waits in its queue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job&apos;s pods are not there yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The resumed job failed before a step after the checkpoint was seen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read its log; resume from another checkpoint as a new job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job has already succeeded; its log shows no step after the checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not read pod logs in this namespace, so the first step cannot be seen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step %1 was trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job trains, but not from the checkpoint: its log is at step %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The script did not take the path it was given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the job back, and say by which variable or argument the script takes a path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pod %1 runs; no step seen yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::Check</name>
    <message>
        <source>%1, %2</source>
        <comment>a filter and how many rows it has</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::CheckList</name>
    <message>
        <source>passed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>text of a check and its result</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::Chip</name>
    <message>
        <source>%1, %2</source>
        <comment>word and detail</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, remove</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::ContextCard</name>
    <message>
        <source>Not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a context to start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reconnecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster %1, %2, %3</source>
        <comment>name, state of the link, details</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::DoctorSteps</name>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step %1, %2: %3</source>
        <comment>number, title, result</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::KeyHint</name>
    <message>
        <source>%1: %2</source>
        <comment>key and what it does</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::NavItem</name>
    <message numerus="yes">
        <source>%1, %n problem(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::kit::ReplicaDots</name>
    <message>
        <source>%1 of %2 ready</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::SearchField</name>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::Segment</name>
    <message>
        <source>%1: none of %2</source>
        <comment>group, how many</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2, %3 of %4</source>
        <comment>group, chosen one, its place, how many</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::StateView</name>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>**Why** %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>**Fix** %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy request for an admin</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::ToastCard</name>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::ToastHost</name>
    <message>
        <source>%1. %2</source>
        <comment>title and text</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::TrustMark</name>
    <message>
        <source>%1, %2</source>
        <comment>a value and the verdict on it</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kit::UsageBar</name>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>label and value</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube</name>
    <message>
        <source>The certificate cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client certificate cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate is not in PEM form.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the certificate again; it begins with -----BEGIN CERTIFICATE-----.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The private key is protected by a passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the passphrase as for kubectl, for example with: openssl pkey -in KEY -out NEWKEY</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The private key is not in PEM form.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the key again; it begins with -----BEGIN … PRIVATE KEY-----.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The private key belongs to another certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the certificate and the key that were issued together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>valid %1 more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>valid 1 more day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>valid %1 more days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is not a Kubernetes API.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check server in the kubeconfig; it should be the address of the API server, often with port 6443.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered %1 with a web page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered %1 without a body.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered %1 with %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>data of no kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It sends callers to another address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It sends callers to %1, perhaps a sign-in page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The API server does not work properly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again later, or ask whoever runs the cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered 400; an API server does so when it is asked without TLS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable, read-only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable, limited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exec plugin not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not reachable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kubeconfig entry is broken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the server&apos;s certificate has expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer in %1; VPN off?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not on the PATH of Cairn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 needs your consent to run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the server is up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the server does not accept the credential</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · rights not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 rights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server did not say what you may do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask whoever runs the cluster whether access reviews are switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its answer to an access review has no status.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the address names a Kubernetes API.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program %1 gave no credential.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run it in a terminal; it should print one ExecCredential in JSON.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It printed nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it printed is not JSON (at byte %1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it printed is not an ExecCredential.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kubeconfig asks for %1, the program answered in %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set apiVersion of exec to the version the program speaks, or update the program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer has no status.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The field %1 of the answer is not text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It gave a key without its certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It gave a certificate without its key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer holds neither a token nor a certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token holds a line break or control character.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The field %1 of the answer is not a time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program %1 cannot sign in here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its interactiveMode is Always: it needs a terminal to ask questions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in once in a terminal with kubectl, or set interactiveMode to IfAvailable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program %1 was ended by signal %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program %1 failed with exit code %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It said nothing about the cause.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It said: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in again with its own tool, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preferences file %1 cannot be understood.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the file, or set KUBERC=off to do without it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a Preference of kubectl.config.k8s.io.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>credentialPluginPolicy is &quot;%1&quot;; it can be AllowAll, DenyAll or Allowlist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>credentialPluginAllowlist needs credentialPluginPolicy: Allowlist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The policy is Allowlist, but credentialPluginAllowlist is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An entry of credentialPluginAllowlist names no program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system says: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program %1 cannot be started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, or the interpreter it names, does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it again, or correct the path.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not run %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make it executable, for example: chmod +x FILE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not a program for this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the version for this system.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program %1 did not finish.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was ended after %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run it in a terminal to see what it waits for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program %1 prints too much.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It printed more than %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run it in a terminal and compare its output with its manual.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file %1 cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not read it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change its owner or its rights, for example: chmod u+r FILE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its symbolic links lead in a circle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the file inside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a pipe, socket or device, not a regular file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write its content into a file and name that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is %1 large; at most %2 are read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that this is the right file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of cluster %1 is not a usable address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it like https://192.0.2.1:6443.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds a user name or password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move them to username and password of the user entry.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a complete http or https URL.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not a complete http or https URL.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>true or false</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The PATH of the login shell is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user has no login shell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cairn does not know the shell %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the folder of the program for Cairn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 did not print its environment.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::ApiAnswer</name>
    <message>
        <source>This is not a Kubernetes API server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the server address in the kubeconfig, and whether a proxy or sign-in page stands in between.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered with a web page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered with status %1 and sends on to “%2”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered with a web page and status %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its answer is no JSON object.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its answer is no JSON: %1 at byte %2.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::ApiPath</name>
    <message>
        <source>“%1” cannot be the name of an object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name is not empty, not “.” or “..”, and holds no “/” and no “%”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” is not the name of a resource</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 “%2” needs a namespace</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::Cluster</name>
    <message>
        <source>The server gives the same page of %1 again and again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of %1 could not be read to its end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new %1 needs a namespace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The patch for “%1” has the wrong form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a Kubernetes API server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not tell a Kubernetes version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the server address in the kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No command was given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection ended before the command&apos;s exit code came.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::ConsentStore</name>
    <message>
        <source>The consent cannot be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the rights of %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder %1 cannot be made.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::DoctorReport</name>
    <message>
        <source>Stopped at step %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Works, with 1 remark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Works, with %1 remarks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 steps failed; begin with step %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only step %1 stands between you and the cluster: the network and the server are fine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step %1 stands between you and the cluster.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::Examination</name>
    <message>
        <source>Kubeconfig read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Credential obtained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>API reachable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Permissions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program will run once, at most %1; you may see a browser window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 rights to check: list jobs, read logs, create jobs, read claims, …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exec plugin found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · no user · namespace %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · user %2 · namespace %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program is not installed, or it lies in a folder Cairn does not know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cairn was started with a shorter PATH than it needs. The program is here: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add this folder for Cairn only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client certificate of %1 has expired.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get a new kubeconfig from whoever runs the cluster; kubeadm clusters: kubeadm certs renew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client certificate of %1 is not valid yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It begins to be valid on %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the clock of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program was not run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No credential: the server will see an anonymous caller.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Client certificate %1 · %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate ends soon.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get a new kubeconfig before that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token from the kubeconfig</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token from %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User name %1 with password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Credential from %1 · %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Credential from %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · acts as %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection is not encrypted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s address begins with http.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use an https address if the server has one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate of the server %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server shows a certificate of %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encrypted, but nobody checks whom with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kubeconfig sets insecure-skip-tls-verify: anybody on the way can read and change everything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the cluster&apos;s CA into certificate-authority-data and remove insecure-skip-tls-verify.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate matches the CA in the file · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate is trusted by this computer · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate ends soon.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask whoever runs the cluster to renew it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kubernetes %1 · answered in %2 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers 403: the server is up and keeps its version to itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers 401: the server is up and wants a sign-in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers %1, but not in the words of Kubernetes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A proxy or gateway may stand in front of the API server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in to the gateway, or check the address in the kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context names no credential, and the server lets nobody in without one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get a kubeconfig with a user from whoever runs the cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not accept what %1 gave, even after another run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in again with its own tool; check that it is the right account for this cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not accept the client certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It may belong to another cluster, or the cluster was made anew: get a new kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not accept the credential: it is wrong, or it has expired.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in again, or get a new kubeconfig from whoever runs the cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 rights in namespace %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask whoever runs the cluster for a Role with these rights in the namespace %1.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::ExecPluginPolicy</name>
    <message>
        <source>The program %1 may not run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 says credentialPluginPolicy: DenyAll.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not in credentialPluginAllowlist of %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add it to credentialPluginAllowlist if you trust it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::Kubeconfig</name>
    <message>
        <source>No kubeconfig was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KUBECONFIG names no file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these exists: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get a kubeconfig from whoever runs the cluster, or start a demo cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The current context %1 does not exist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>current-context names a context that no file holds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another context, for example: kubectl config use-context NAME</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster %1 does not exist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context %1 names a cluster that no file holds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the name, or add the file with the cluster to KUBECONFIG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user %1 does not exist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context %1 names a user that no file holds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the name, or add the file with the user to KUBECONFIG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The credential is not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is not https; a credential would cross the network readable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use an https address if the server has one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the certificate again, in PEM form.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No context is chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kubeconfig holds no context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kubeconfig sets no current-context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a context with --context, or choose one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context %1 does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kubeconfig holds: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name, and KUBECONFIG where the context lies in another file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context %1 cannot be used: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::KubeconfigReader</name>
    <message>
        <source>%1 is not text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 gives %2 where text belongs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the value in quotes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the field in the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is neither true nor false</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 gives %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write true or false without quotes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not a list of texts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 holds something else; numbers and true or false need quotes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one text per line, each after a dash, in quotes where it looks like a number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cannot be decoded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The value at line %1 is not base64.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It may have been cut when it was copied. Get the file again, or name a file in %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file of %1 cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the path, or restore the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct it, or take the file out of the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the path; it was named explicitly, so it must exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kubeconfig %1 cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kubeconfig holds several documents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the first one counts, as for kubectl.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put each document into a file of its own and name both in KUBECONFIG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the path names a kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a kubeconfig</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds %1 where a map with clusters, users and contexts belongs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says that it is a %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This kubeconfig has an unknown version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says apiVersion %1; the only known one is v1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster %1 has no server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The field server is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the address of the API server, for example https://192.0.2.1:6443.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate authority is given twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both certificate-authority and certificate-authority-data are set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate authority contradicts insecure-skip-tls-verify</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A server cannot be both verified and not verified; kubectl refuses this as well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove insecure-skip-tls-verify to keep the connection safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>proxy-url cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a complete URL.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its scheme is not http, https or socks5.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it like http://proxy.example:3128.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as-user-extra is not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 holds %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the field.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The impersonated identity cannot be sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A value of as, as-uid, as-groups or as-user-extra holds a line break or control character.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the character.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Impersonation lacks a user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as-uid, as-groups and as-user-extra need as beside them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add as with the user to impersonate, or remove the other fields.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exec is not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the entry.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interactiveMode %1 is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It can be Never, IfAvailable or Always.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>env is not a list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write each variable after a dash, with name and value.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A variable of the exec plugin has no usable name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The entry at line %1 of env has an empty name or one with an equals sign.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the variable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client certificate is given twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both client-certificate and client-certificate-data are set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client key is given twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both client-key and client-key-data are set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client certificate has no key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neither client-key nor client-key-data is set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the key that belongs to the certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client key has no certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neither client-certificate nor client-certificate-data is set, so the key is not used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the certificate that belongs to the key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user has more than one way to sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A token and a user name with password exclude each other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token cannot be sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds a line break or control character.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the token again, without line breaks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user has two sign-in plugins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exec and auth-provider exclude each other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove auth-provider; it is obsolete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sign-in method auth-provider %1 is not supported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kubernetes removed it; Google Cloud signs in through the program gke-gcloud-auth-plugin.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install gke-gcloud-auth-plugin and run: gcloud container clusters get-credentials CLUSTER</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kubernetes removed it; Azure signs in through the program kubelogin.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install kubelogin and run: kubelogin convert-kubeconfig</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cairn signs in to OpenID Connect through an exec plugin, which can also renew the token.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use an exec plugin such as kubectl oidc-login (kubelogin): kubectl oidc-login setup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kubernetes does not know this auth-provider.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the provider of the file for one with an exec plugin, a token or a client certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exec plugin has no command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The field command of exec is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the program to run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write client.authentication.k8s.io/v1 if the plugin is recent, else …/v1beta1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exec plugin has no apiVersion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The field apiVersion of exec is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exec plugin&apos;s apiVersion is too old</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kubernetes removed v1alpha1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update the plugin and let it write the kubeconfig again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exec plugin&apos;s apiVersion %1 is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known are client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exec plugin lacks interactiveMode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With client.authentication.k8s.io/v1 the field is required.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add interactiveMode: IfAvailable to exec.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context %1 names no cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The field cluster is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name one of the clusters in the file.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::ProgramSearch</name>
    <message>
        <source>The program %1 was not found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It exists, but it is not an executable file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct command in the kubeconfig, or install the program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not in any of these folders: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the program, or add its folder for Cairn.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::Read</name>
    <message>
        <source>%1 is not a list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 holds %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write each entry after a dash, with a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entry %1 of %2 is skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds %1 where a map with a name belongs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct or remove the entry.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give it a name, or remove it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 is not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the entry.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name %1 appears twice in %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody can tell which one is meant; kubectl refuses the whole file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename or remove one of the two.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::SessionCredentials</name>
    <message>
        <source>The user &quot;%1&quot; has no exec plugin.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The context &quot;%1&quot; signs in through a program of this computer, which needs your consent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It would run: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It would run: %1 (with the variables %2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow it if you trust %1; cairnctl takes --allow-exec.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::SessionCredentials::Private</name>
    <message>
        <source>The certificate authority of cluster &quot;%1&quot; cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the kubeconfig again from whoever runs the cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token file %1 cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds more than one line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the token into it, or sign in again with the tool that writes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in again with the tool that writes the token file.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::yaml</name>
    <message>
        <source>It is not UTF-8 text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the path names a kubeconfig and not an archive or a binary file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 holds a control character (code %2), which YAML does not allow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the character, or check that the path names a kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 opens more than %2 brackets.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 holds more than %2 values.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::yaml::Builder</name>
    <message>
        <source>Line %1 refers to itself by an alias (a cycle).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has more than %1 values.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 is nested more than %2 levels deep.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1 uses a list or a map as a key.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::kube::yaml::Document</name>
    <message>
        <source>Check that the path names a kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Near line %1 a line is indented with a tab.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Indent with spaces; YAML does not allow tabs there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not valid YAML at line %1, column %2: %3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the line, or get the file again from whoever gave it to you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The YAML parser gave up on it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::logs::LogView</name>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pattern is wrong at position %1: %2. Fix it or search for plain text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the first error</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::manifest</name>
    <message>
        <source>The YAML cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The YAML cannot be read at line %1, column %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has %1, more than the %2 that are read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not UTF-8 text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the file as UTF-8.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the text at this place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds several documents.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write exactly one object.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::manifest::Builder</name>
    <message>
        <source>An alias stands inside the very thing it names.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the value out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” has no place in JSON.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quote it or write a finite number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds more than %1 values once its aliases are written out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tag %1 with the value “%2” is not understood.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the tag; Kubernetes objects need none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tag %1 is not understood.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A key is not text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quote the key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key “%1” stands there twice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove one of the two.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A key is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the key before the colon.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“&lt;&lt;” merges something that is no map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge maps only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A key is a list or a map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use text as a key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is nested deeper than %1 levels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flatten it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::net::CurlError</name>
    <message>
        <source>No secure connection to %1 could be made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No connection to %1 could be made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate has expired.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have the server&apos;s certificate renewed, and check this computer&apos;s clock.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not valid yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the clocks of this computer and of the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate is self-signed and not trusted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the cluster&apos;s certificate authority into certificate-authority-data of the kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate was signed by an authority that is not trusted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that certificate-authority-data in the kubeconfig belongs to this cluster; it changes when a cluster is created anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not acceptable: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask whoever runs the server to repair its certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not made out for “%1”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a name the certificate holds in the kubeconfig&apos;s server, or set tls-server-name to one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 refused the client certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS error: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client certificate may be missing, expired or from another cluster; get a new kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy %1 did not accept the request.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asks for a user name and password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put them into the proxy&apos;s URL: http://user:password@host:port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy %1 did not connect to %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered with HTTP %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the proxy may reach the server, or add the server to NO_PROXY.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name of the proxy %1 cannot be resolved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check proxy-url in the kubeconfig, or HTTPS_PROXY in the environment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy %1 failed: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the proxy runs and may reach the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 refused the connection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the server runs and that its address and port are right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no route to %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the network and the VPN.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting to %1 failed: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the network, the VPN and the server&apos;s address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not speak TLS on this port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the port in the kubeconfig; a server without TLS needs http:// instead of https://.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server offers no TLS version of at least 1.2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update the server; older versions of TLS are not safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server refused the TLS handshake.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It may demand a client certificate; check client-certificate-data in the kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection was cut during the handshake.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the port, and whether a firewall or proxy stands between.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The TLS handshake failed: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that address and port belong to the cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not an HTTP server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answered with something that is not HTTP.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the address and port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer ended before it was complete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server closed the connection without an answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server or something on the way cut the connection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server or something on the way cut the connection: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection to %1 was lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again. If it was a change, look first whether it was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The host name cannot be resolved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the server&apos;s name in the kubeconfig, the network and the VPN.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It took too long to connect.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate authority in the kubeconfig holds no readable certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It must be PEM text: lines between BEGIN CERTIFICATE and END CERTIFICATE.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client certificate and its key cannot be used: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both must be PEM text, belong together, and the key must not be encrypted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer of %1 cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its compressed body is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again, or turn compression off with disable-compression in the kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exchange with %1 failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 did not answer completely within %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No connection to %1 could be made within %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is slow or does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing answers at this address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing came from %1 for %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection seems to be dead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the network and the VPN if this comes back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer of %1 is too large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is longer than %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for less at a time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The request was not sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the name or the credentials it was made of.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s address cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the cluster entry of the kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::net::CurlSetup</name>
    <message>
        <source>The server must be a URL that starts with https:// or http://.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s URL names no valid host.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server&apos;s URL must not have a query or a fragment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a client certificate without its key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tls-server-name is not a valid host name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A header name has characters that are not allowed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The value of the header %1 has a line break or a null byte.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The header %1 is set by the client itself.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::net::ExecWebSocket</name>
    <message>
        <source>The command in the pod gave no result.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 closed the connection before the command had ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 closed the connection before the command had ended: %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the pod still runs, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer of %1 cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It breaks the rules of the WebSocket protocol.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A proxy on the way may not support WebSocket; try without it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path must begin with a slash and hold only percent-encoded ASCII characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The header %1 is set by the client itself.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::net::HandshakeAnswer</name>
    <message>
        <source>Log in again, or get a new kubeconfig.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for the verbs get and create on pods/exec in this namespace.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the pod still exists and runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the container of the pod runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 answered the WebSocket handshake wrongly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its answer does not belong to the request.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A proxy on the way may not support WebSocket; try without it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cannot run commands in pods over WebSocket.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It agreed to none of the protocols v5.channel.k8s.io and v4.channel.k8s.io.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update the cluster to Kubernetes 1.30 or newer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command could not be started in the pod.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server answered with HTTP %1.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::net::HttpClient</name>
    <message>
        <source>There is none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A handler of a stream must not wait for another request.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::net::Proxy</name>
    <message>
        <source>The proxy in %1 cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give it as http://host:port, https://host:port or socks5://host:port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the kubeconfig (proxy-url)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the environment variable %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its scheme “%1” is none of http, https, socks5 and socks5h.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not a URL with a host name.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::net::Transfer</name>
    <message>
        <source>The HTTP method is not a word.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path must begin with a slash and hold only percent-encoded ASCII characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::pages::ConnectPage</name>
    <message>
        <source>Connect to a cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add kubeconfig file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check all again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter contexts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contexts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No context matches the filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before you connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cairn only reads until you press a button that says what it changes. Kubeconfig files are never written. Tokens stay in memory and out of reports.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Programs that may run for sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Manage…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign-in doctor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no secrets inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not read</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n context(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · changed %2</source>
        <comment>contexts in a file, time ago</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n more file(s) could not be read.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <comment>contexts, files</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in %2, order from %3</source>
        <comment>contexts, files, variable</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entry is broken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only this entry is broken; the other contexts of the file work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kubeconfig entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The steps of the sign-in appear here while they run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a context to see each step of its sign-in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow this program…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exec plugins are programs on this computer. None is allowed yet; each asks before its first run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exec plugins are programs on this computer. Allowed: %1. Others ask before their first run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading kubeconfig files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No kubeconfig file found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looked for %1. Whoever runs your cluster can give you one; a cloud&apos;s command line tool writes one when you sign in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::pages::FacetGroup</name>
    <message>
        <source>Fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n more…</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::JobPage</name>
    <message>
        <source>Job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Events</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>partial</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter this tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a job to see its checkpoints.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n hit(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>No job to show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attempt %1, from %2 step %3</source>
        <comment>number, job, step</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attempt %1, from %2, checkpoint %3</source>
        <comment>number, job, path</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attempt %1, from %2</source>
        <comment>number, job</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queued by Kueue through `%1`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run by another controller: `%1`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Managed by `%1`. A change here would be undone by it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attempt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saves to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lost if stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step %1 · %2</source>
        <comment>step, trust</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · loss %2</source>
        <comment>size, loss</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>restart %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>restart %1: %2</source>
        <comment>number, reason</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No container of these pods was restarted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Events  %1, %n warning(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Events  %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Events %1</source>
        <comment>number of warnings</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where this job saves is not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cairn guesses that this job saves to %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path must begin with “/”: it is the folder as the training program sees it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path must not contain “..”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No checkpoint seen yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No checkpoints yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing in this folder is a checkpoint Cairn knows: torch files, DCP, Hugging Face Trainer, safetensors.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s) · %1</source>
        <comment>number; total size</comment>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoints have not been read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They lie on the claim %1, which only a pod in the cluster can read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It mounts the claim %1 read-only, lists the folder, reads the heads of the files and removes itself. Cairn asks once per namespace.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use exec instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listing needs a helper Job in %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exec into a running pod is not possible either.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No helper Job can be made in %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by a helper Job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by exec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read %1</source>
        <comment>time ago</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read %1 %2</source>
        <comment>time ago, by what</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The selected checkpoint is damaged. Select another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The selected checkpoint is still being written. Select another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no checkpoint to resume from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoints have not been read yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the object…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · selected: %2</source>
        <comment>count and size, reason</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the helper Job runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder the job saves to, inside its container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint timeline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>YAML of the job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the server has it now, read-only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pods now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No events. The server keeps them for an hour as a rule.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::pages::JobsPage</name>
    <message>
        <source>%1 · %2</source>
        <comment>kind, namespace</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Columns…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name, image, cause, or lost:&gt;10</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At risk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The request for an admin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>↑ ↓</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>move</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>logs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No job matches the filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading jobs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n job(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) so far</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Not connected since %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 What you see is %2 old; it is read again as soon as the server answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not list jobs in all namespaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not list jobs in %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cluster has no training jobs to list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The Kubeflow training operator is not installed here: the server does not know its kinds (PyTorchJob, TFJob, …).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The jobs could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs made with kubectl or a pipeline show up here by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training jobs in this cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training jobs in %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Other namespaces have %n. %1</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Show all namespaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy request for an admin</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Jobs in %n namespace(s) are not shown</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>You may not list jobs in %1. %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not read</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n namespace(s)</source>
        <comment>number of jobs</comment>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <comment>number of jobs, namespaces</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · %2 GPUs in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in view, %n hidden by the filter</source>
        <comment>number of jobs</comment>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · sorted by %2</source>
        <comment>number of jobs, column</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>facet, its only value</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1: %n chosen</source>
        <comment>facet, number of values</comment>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::LogPane</name>
    <message>
        <source>Logs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search, also as a pattern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search in the logs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous hit (Shift+N)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next hit (N)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No lines yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pod</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>next error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>next hit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bad pattern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No error found in these lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop following</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the lines of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>number of lines, how the log ended</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 earlier lines left out</source>
        <comment>number of lines</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading logs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>hit, number of hits</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::pages::NamespaceSelector</name>
    <message>
        <source>all</source>
        <comment>every namespace</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Namespace: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Namespaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter namespaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All namespaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Namespace by name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add by name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A namespace has lower-case letters, digits and hyphens, at most 63.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::text</name>
    <message>
        <source>%1 B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h %2 min ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 GPU-h</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>cairn::views::DataTable</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 in view, %n hidden by the filter</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>items</name>
    <message>
        <source>Checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cairn sign-in report for %1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add this folder for Cairn only</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
