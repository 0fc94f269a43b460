<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>LogBuffer</name>
    <message numerus="yes">
        <source> … [%n more character(s)]</source>
        <translation>
            <numerusform> … [%n more character]</numerusform>
            <numerusform> … [%n more characters]</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>%n objects lie deeper than %1 levels and were left out.</source>
        <translation>
            <numerusform>%n object lies deeper than %1 levels and was left out.</numerusform>
            <numerusform>%n objects lie deeper than %1 levels and were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n objects are archived and could not be read.</source>
        <translation>
            <numerusform>%n object is archived and could not be read.</numerusform>
            <numerusform>%n objects are archived and could not be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n objects have names that are not paths and were left out.</source>
        <translation>
            <numerusform>%n object has a name that is not a path and was left out.</numerusform>
            <numerusform>%n objects have names that are not paths and were left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app</name>
    <message numerus="yes">
        <source>%n of %1 could not be parsed</source>
        <translation>
            <numerusform>%n of %1 could not be parsed</numerusform>
            <numerusform>%n of %1 could not be parsed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::BulkController</name>
    <message numerus="yes">
        <source>At most %1 of %n running job(s).</source>
        <translation>
            <numerusform>At most %1 of %n running job.</numerusform>
            <numerusform>At most %1 of %n running jobs.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n running job(s), since their newest whole checkpoints.</source>
        <translation>
            <numerusform>%1 of %n running job, since its newest whole checkpoint.</numerusform>
            <numerusform>%1 of %n running jobs, since their newest whole checkpoints.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The checkpoints of %n of them were not read.</source>
        <translation>
            <numerusform>The checkpoints of %n of them were not read.</numerusform>
            <numerusform>The checkpoints of %n of them were not read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::BulkRun</name>
    <message numerus="yes">
        <source>%n failed; the first: %1</source>
        <translation>
            <numerusform>%n failed: %1</numerusform>
            <numerusform>%n failed; the first: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) suspended</source>
        <translation>
            <numerusform>%n job suspended</numerusform>
            <numerusform>%n jobs suspended</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) unsuspended</source>
        <translation>
            <numerusform>%n job unsuspended</numerusform>
            <numerusform>%n jobs unsuspended</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) deleted</source>
        <translation>
            <numerusform>%n job deleted</numerusform>
            <numerusform>%n jobs deleted</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::MainWindow</name>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n node</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n namespace(s)</source>
        <translation>
            <numerusform>%n namespace</numerusform>
            <numerusform>%n namespaces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n job</numerusform>
            <numerusform>%n jobs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::ResumeController</name>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::SaveYamlController</name>
    <message numerus="yes">
        <source>Save %n job(s) as YAML</source>
        <translation>
            <numerusform>Save %n job as YAML</numerusform>
            <numerusform>Save %n jobs as YAML</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) saved</source>
        <translation>
            <numerusform>%n job saved</numerusform>
            <numerusform>%n jobs saved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::charts::ActivityChart</name>
    <message numerus="yes">
        <source>%n checkpoint(s) in this period</source>
        <translation>
            <numerusform>%n checkpoint in this period</numerusform>
            <numerusform>%n checkpoints in this period</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::charts::TimelineChart</name>
    <message numerus="yes">
        <source>%n checkpoint(s) from step %1 to %2: %3 whole, %4 writing, %5 unverified, %6 damaged.</source>
        <translation>
            <numerusform>%n checkpoint from step %1 to %2: %3 whole, %4 writing, %5 unverified, %6 damaged.</numerusform>
            <numerusform>%n checkpoints from step %1 to %2: %3 whole, %4 writing, %5 unverified, %6 damaged.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n restart(s).</source>
        <translation>
            <numerusform>%n restart.</numerusform>
            <numerusform>%n restarts.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failure(s).</source>
        <translation>
            <numerusform>%n failure.</numerusform>
            <numerusform>%n failures.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::charts::UsageChart</name>
    <message numerus="yes">
        <source>Full in about %n day(s).</source>
        <translation>
            <numerusform>Full in about %n day.</numerusform>
            <numerusform>Full in about %n days.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::ckpt</name>
    <message numerus="yes">
        <source>Reading %n ranges of files</source>
        <translation>
            <numerusform>Reading %n range of files</numerusform>
            <numerusform>Reading %n ranges of files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folders could not be read, the first is %1.</source>
        <translation>
            <numerusform>%n folder could not be read: %1.</numerusform>
            <numerusform>%n folders could not be read, the first is %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folders lie deeper than %1 levels and were left out.</source>
        <translation>
            <numerusform>%n folder lies deeper than %1 levels and was left out.</numerusform>
            <numerusform>%n folders lie deeper than %1 levels and were left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::components</name>
    <message numerus="yes">
        <source>None of its %n replica(s) is ready.</source>
        <translation>
            <numerusform>Its only replica is not ready.</numerusform>
            <numerusform>None of its %n replicas is ready.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %n replica(s) %1 are ready.</source>
        <translation>
            <numerusform>Of %n replica %1 are ready.</numerusform>
            <numerusform>Of %n replicas %1 are ready.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Its autoscaler may go down to %n replica(s).</source>
        <translation>
            <numerusform>Its autoscaler may go down to %n replica.</numerusform>
            <numerusform>Its autoscaler may go down to %n replicas.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n ready replica(s) are on node %1.</source>
        <translation>
            <numerusform>The only ready replica is on node %1.</numerusform>
            <numerusform>All %n ready replicas are on node %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ready on %n node(s).</source>
        <translation>
            <numerusform>Ready on %n node.</numerusform>
            <numerusform>Ready on %n nodes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>They are in %n zone(s).</source>
        <translation>
            <numerusform>They are in %n zone.</numerusform>
            <numerusform>They are in %n zones.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::BulkDialog</name>
    <message numerus="yes">
        <source>Suspend %n job(s)?</source>
        <translation>
            <numerusform>Suspend %n job?</numerusform>
            <numerusform>Suspend %n jobs?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unsuspend %n job(s)?</source>
        <translation>
            <numerusform>Unsuspend %n job?</numerusform>
            <numerusform>Unsuspend %n jobs?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n job(s)?</source>
        <translation>
            <numerusform>Delete %n job?</numerusform>
            <numerusform>Delete %n jobs?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Suspending %n job(s)</source>
        <translation>
            <numerusform>Suspending %n job</numerusform>
            <numerusform>Suspending %n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unsuspending %n job(s)</source>
        <translation>
            <numerusform>Unsuspending %n job</numerusform>
            <numerusform>Unsuspending %n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deleting %n job(s)</source>
        <translation>
            <numerusform>Deleting %n job</numerusform>
            <numerusform>Deleting %n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) suspended</source>
        <translation>
            <numerusform>%n job suspended</numerusform>
            <numerusform>%n jobs suspended</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) deleted</source>
        <translation>
            <numerusform>%n job deleted</numerusform>
            <numerusform>%n jobs deleted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) unsuspended</source>
        <translation>
            <numerusform>%n job unsuspended</numerusform>
            <numerusform>%n jobs unsuspended</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed; each row says why.</source>
        <translation>
            <numerusform>%n failed; its row says why.</numerusform>
            <numerusform>%n failed; each row says why.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stopped before they started.</source>
        <translation>
            <numerusform>%n stopped before it started.</numerusform>
            <numerusform>%n stopped before they started.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected jobs are skipped; their rows say why.</source>
        <translation>
            <numerusform>%n of the selected jobs is skipped; its row says why.</numerusform>
            <numerusform>%n of the selected jobs are skipped; their rows say why.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>I understand what %n running job(s) would lose</source>
        <translation>
            <numerusform>I understand what %n running job would lose</numerusform>
            <numerusform>I understand what %n running jobs would lose</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::LeaveDialog</name>
    <message numerus="yes">
        <source>%n change(s) under way</source>
        <translation>
            <numerusform>%n change under way</numerusform>
            <numerusform>%n changes under way</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ResumeDialog</name>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s) block(s) the resume.</source>
        <translation>
            <numerusform>%n problem blocks the resume.</numerusform>
            <numerusform>%n problems block the resume.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::editors::CodeEditor</name>
    <message numerus="yes">
        <source> … %n more character(s)</source>
        <comment>at the end of a line that is cut off</comment>
        <translation>
            <numerusform> … %n more character</numerusform>
            <numerusform> … %n more characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::editors::DiffView</name>
    <message numerus="yes">
        <source>%n unchanged line(s)</source>
        <translation>
            <numerusform>%n unchanged line</numerusform>
            <numerusform>%n unchanged lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::forms::NumberField</name>
    <message numerus="yes">
        <source>At most %n decimal digit(s).</source>
        <translation>
            <numerusform>At most %n decimal digit.</numerusform>
            <numerusform>At most %n decimal digits.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::items::BucketTableModel</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <comment>jobs</comment>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n listing(s) · %2</source>
        <comment>number, when</comment>
        <translation>
            <numerusform>%1 of %n listing · %2</numerusform>
            <numerusform>%1 of %n listings · %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::items::CheckpointTableModel</name>
    <message numerus="yes">
        <source>%1 · %n file(s)</source>
        <translation>
            <numerusform>%1 · %n file</numerusform>
            <numerusform>%1 · %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 bytes in %n file(s)</source>
        <translation>
            <numerusform>%1 bytes in %n file</numerusform>
            <numerusform>%1 bytes in %n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::items::ClaimTableModel</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>%n pod</numerusform>
            <numerusform>%n pods</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::items::ComponentTableModel</name>
    <message numerus="yes">
        <source>%n on one node</source>
        <translation>
            <numerusform>%n on one node</numerusform>
            <numerusform>%n on one node</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n node</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n zone(s)</source>
        <translation>
            <numerusform>%n zone</numerusform>
            <numerusform>%n zones</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n disruption(s) allowed now</source>
        <translation>
            <numerusform>%1: %n disruption allowed now</numerusform>
            <numerusform>%1: %n disruptions allowed now</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::items::JobTableModel</name>
    <message numerus="yes">
        <source>%n GPU(s)</source>
        <translation>
            <numerusform>%n GPU</numerusform>
            <numerusform>%n GPUs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Whether %n replica(s) are ready is unknown.</source>
        <translation>
            <numerusform>Whether %n replica is ready is unknown.</numerusform>
            <numerusform>Whether %n replicas are ready is unknown.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::items::TrailTableModel</name>
    <message numerus="yes">
        <source>%1 bytes in %n file(s)</source>
        <translation>
            <numerusform>%1 bytes in %n file</numerusform>
            <numerusform>%1 bytes in %n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::jobs</name>
    <message numerus="yes">
        <source>%n pod(s) will be stopped; each has %1 to end.</source>
        <translation>
            <numerusform>%n pod will be stopped; it has %1 to end.</numerusform>
            <numerusform>%n pods will be stopped; each has %1 to end.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) of the old job stay for their logs.</source>
        <translation>
            <numerusform>%n pod of the old job stays for its log.</numerusform>
            <numerusform>%n pods of the old job stay for their logs.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Waiting for %n pod(s) to end; up to %1 each.</source>
        <translation>
            <numerusform>Waiting for %n pod to end; up to %1.</numerusform>
            <numerusform>Waiting for %n pods to end; up to %1 each.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::kit::NavItem</name>
    <message numerus="yes">
        <source>%1, %n problem(s)</source>
        <translation>
            <numerusform>%1, %n problem</numerusform>
            <numerusform>%1, %n problems</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::kit::NoticeBell</name>
    <message numerus="yes">
        <source>Notifications, %n unread</source>
        <translation>
            <numerusform>Notifications, %n unread</numerusform>
            <numerusform>Notifications, %n unread</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::kube</name>
    <message numerus="yes">
        <source>valid %n more day(s)</source>
        <translation>
            <numerusform>valid %n more day</numerusform>
            <numerusform>valid %n more days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Works, with %n warning(s)</source>
        <translation>
            <numerusform>Works, with %n warning</numerusform>
            <numerusform>Works, with %n warnings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::CheckpointsPage</name>
    <message numerus="yes">
        <source>%1 of %n job(s)</source>
        <comment>checkpoints</comment>
        <translation>
            <numerusform>%1 of %n job</numerusform>
            <numerusform>%1 of %n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s)</source>
        <translation>
            <numerusform>%n checkpoint</numerusform>
            <numerusform>%n checkpoints</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n damaged</source>
        <translation>
            <numerusform>%n damaged</numerusform>
            <numerusform>%n damaged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Read %n job(s)</source>
        <translation>
            <numerusform>Read %n job</numerusform>
            <numerusform>Read %n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading %1, %n job(s) left</source>
        <translation>
            <numerusform>Reading %1, %n job left</numerusform>
            <numerusform>Reading %1, %n jobs left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) could not be read</source>
        <translation>
            <numerusform>%n job could not be read</numerusform>
            <numerusform>%n jobs could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Allow and read %n job(s)</source>
        <translation>
            <numerusform>Allow and read %n job</numerusform>
            <numerusform>Allow and read %n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) not read yet</source>
        <translation>
            <numerusform>%n job not read yet</numerusform>
            <numerusform>%n jobs not read yet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) save to a PVC or a bucket. %1</source>
        <translation>
            <numerusform>%n job saves to a PVC or a bucket. %1</numerusform>
            <numerusform>%n jobs save to a PVC or a bucket. %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::ConnectPage</name>
    <message numerus="yes">
        <source>%n context(s)</source>
        <translation>
            <numerusform>%n context</numerusform>
            <numerusform>%n contexts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more file(s) could not be read.</source>
        <translation>
            <numerusform>%n more file could not be read.</numerusform>
            <numerusform>%n more files could not be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more warning(s): cairnctl contexts names them all.</source>
        <translation>
            <numerusform>%n more warning: cairnctl contexts names them all.</numerusform>
            <numerusform>%n more warnings: cairnctl contexts names them all.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::EventsPage</name>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>once</numerusform>
            <numerusform>%n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s) among the events the server still keeps</source>
        <translation>
            <numerusform>%n warning among the events the server still keeps</numerusform>
            <numerusform>%n warnings among the events the server still keeps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::FacetGroup</name>
    <message numerus="yes">
        <source>%n more…</source>
        <translation>
            <numerusform>%n more…</numerusform>
            <numerusform>%n more…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::HaPage</name>
    <message numerus="yes">
        <source>%n not observable</source>
        <translation>
            <numerusform>%n not observable</numerusform>
            <numerusform>%n not observable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n component(s) tolerate a node failure</source>
        <translation>
            <numerusform>%1 of %n component tolerates a node failure</numerusform>
            <numerusform>%1 of %n components tolerate a node failure</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::JobPage</name>
    <message numerus="yes">
        <source>%n checkpoint(s) · %1</source>
        <comment>number; total size</comment>
        <translation>
            <numerusform>%n checkpoint · %1</numerusform>
            <numerusform>%n checkpoints · %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Events: %1, %n warning(s)</source>
        <translation>
            <numerusform>Events: %1, %n warning</numerusform>
            <numerusform>Events: %1, %n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::JobsPage</name>
    <message numerus="yes">
        <source>%1 of %n job(s)</source>
        <translation>
            <numerusform>%1 of %n job</numerusform>
            <numerusform>%1 of %n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) so far</source>
        <translation>
            <numerusform>%n job so far</numerusform>
            <numerusform>%n jobs so far</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Jobs in %n namespace(s) are not shown</source>
        <translation>
            <numerusform>Jobs in %n namespace are not shown</numerusform>
            <numerusform>Jobs in %n namespaces are not shown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n namespace(s)</source>
        <comment>number of jobs</comment>
        <translation>
            <numerusform>%1 in %n namespace</numerusform>
            <numerusform>%1 in %n namespaces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n job</numerusform>
            <numerusform>%n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in view, %n hidden by the filter</source>
        <comment>number of jobs</comment>
        <translation>
            <numerusform>%1 in view, %n hidden by the filter</numerusform>
            <numerusform>%1 in view, %n hidden by the filter</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n chosen</source>
        <comment>facet, number of values</comment>
        <translation>
            <numerusform>%1: %n chosen</numerusform>
            <numerusform>%1: %n chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Other namespaces have %n job(s). %1</source>
        <translation>
            <numerusform>Other namespaces have %n job. %1</numerusform>
            <numerusform>Other namespaces have %n jobs. %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) selected</source>
        <translation>
            <numerusform>%n job selected</numerusform>
            <numerusform>%n jobs selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::NamespaceSelector</name>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::NodesPage</name>
    <message numerus="yes">
        <source>%1 of %n node(s) not ready</source>
        <translation>
            <numerusform>%1 of %n node not ready</numerusform>
            <numerusform>%1 of %n nodes not ready</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) ready</source>
        <translation>
            <numerusform>%n node ready</numerusform>
            <numerusform>%n nodes ready</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) with a pod here: %1.</source>
        <translation>
            <numerusform>%n job with a pod here: %1.</numerusform>
            <numerusform>%n jobs with a pod here: %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::OverviewPage</name>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n suspended</source>
        <translation>
            <numerusform>%n suspended</numerusform>
            <numerusform>%n suspended</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n down</source>
        <translation>
            <numerusform>%n down</numerusform>
            <numerusform>%n down</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more job(s)</source>
        <translation>
            <numerusform>and %n more job</numerusform>
            <numerusform>and %n more jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n job</numerusform>
            <numerusform>%n jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n at risk</source>
        <translation>
            <numerusform>%n at risk</numerusform>
            <numerusform>%n at risk</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n PVC(s) not measured</source>
        <translation>
            <numerusform>%n PVC not measured</numerusform>
            <numerusform>%n PVCs not measured</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::PodsPage</name>
    <message numerus="yes">
        <source>%1 of %n pod(s) failed, or not ready</source>
        <translation>
            <numerusform>%1 of %n pod failed, or not ready</numerusform>
            <numerusform>%1 of %n pods failed, or not ready</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s), none failing</source>
        <translation>
            <numerusform>%n pod, none failing</numerusform>
            <numerusform>%n pods, none failing</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::QuotasPage</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n limit(s) reached</source>
        <translation>
            <numerusform>%n limit reached</numerusform>
            <numerusform>%n limits reached</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::StoragePage</name>
    <message numerus="yes">
        <source>%1 is full in %n hour(s)</source>
        <translation>
            <numerusform>%1 is full in %n hour</numerusform>
            <numerusform>%1 is full in %n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 is full in %n day(s)</source>
        <translation>
            <numerusform>%1 is full in %n day</numerusform>
            <numerusform>%1 is full in %n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n pod(s))</source>
        <translation>
            <numerusform>%1 (%n pod)</numerusform>
            <numerusform>%1 (%n pods)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s), read %1</source>
        <translation>
            <numerusform>%n checkpoint, read %1</numerusform>
            <numerusform>%n checkpoints, read %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more job(s).</source>
        <translation>
            <numerusform>And %n more job.</numerusform>
            <numerusform>And %n more jobs.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 in %n PVC(s)</source>
        <translation>
            <numerusform>%1 of %2 in %n PVC</numerusform>
            <numerusform>%1 of %2 in %n PVCs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not measured</source>
        <translation>
            <numerusform>%n not measured</numerusform>
            <numerusform>%n not measured</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::s3::Bucket</name>
    <message numerus="yes">
        <source>%n objects could not be read. %1: %2.</source>
        <translation>
            <numerusform>%n object could not be read. %1: %2.</numerusform>
            <numerusform>%n objects could not be read. %1: %2.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::situation::Alerts</name>
    <message numerus="yes">
        <source>%n job(s) with a pod there: %1</source>
        <translation>
            <numerusform>%n job with a pod there: %1</numerusform>
            <numerusform>%n jobs with a pod there: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::situation::Overview</name>
    <message numerus="yes">
        <source>%n component(s) do not tolerate a node failure</source>
        <translation>
            <numerusform>%n component does not tolerate a node failure</numerusform>
            <numerusform>%n components do not tolerate a node failure</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) with a pod there: %1</source>
        <translation>
            <numerusform>%n job with a pod there: %1</numerusform>
            <numerusform>%n jobs with a pod there: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>used by %1 and %n more</source>
        <translation>
            <numerusform>used by %1 and %n more</numerusform>
            <numerusform>used by %1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::storage::Explain</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::views::DataTable</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 in view, %n hidden by the filter</source>
        <translation>
            <numerusform>%1 of %2 in view, %n hidden by the filter</numerusform>
            <numerusform>%1 of %2 in view, %n hidden by the filter</numerusform>
        </translation>
    </message>
</context>
</TS>
