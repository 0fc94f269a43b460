<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>EditController</name>
    <message numerus="yes">
        <source>%n problem(s) are marked in the text; F8 goes from one to the next.</source>
        <translation>
            <numerusform>%n problem is marked in the text; F8 goes to it.</numerusform>
            <numerusform>%n problems are marked in the text; F8 goes from one to the next.</numerusform>
        </translation>
    </message>
</context>
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
    <message numerus="yes">
        <source>was being rolled back; %n step(s) are left</source>
        <translation>
            <numerusform>was being rolled back; %n step is left</numerusform>
            <numerusform>was being rolled back; %n steps are left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>was not finished: %1 of %n step(s) are done</source>
        <translation>
            <numerusform>was not finished: %1 of %n step is done</numerusform>
            <numerusform>was not finished: %1 of %n steps are done</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The text holds %n documents.</source>
        <translation>
            <numerusform>The text holds %n document.</numerusform>
            <numerusform>The text holds %n documents.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>is under way: %1 of %n step(s) are done, by %2</source>
        <translation>
            <numerusform>is under way: %1 of %n step is done, by %2</numerusform>
            <numerusform>is under way: %1 of %n steps are done, by %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It holds %n document(s).</source>
        <translation>
            <numerusform>It holds %n document.</numerusform>
            <numerusform>It holds %n documents.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::Advisor</name>
    <message numerus="yes">
        <source>%n stretch(es) in the log of %1</source>
        <translation>
            <numerusform>%n stretch in the log of %1</numerusform>
            <numerusform>%n stretches in the log of %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n save(s) in the log of %1</source>
        <translation>
            <numerusform>%n save in the log of %1</numerusform>
            <numerusform>%n saves in the log of %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n save(s) of %1 did not hold training up that the log would show it</source>
        <translation>
            <numerusform>%n save of %1 did not hold training up so that the log would show it</numerusform>
            <numerusform>%n saves of %1 did not hold training up so that the log would show it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n gap(s) between checkpoints of %1, saves included</source>
        <translation>
            <numerusform>%n gap between checkpoints of %1, saves included</numerusform>
            <numerusform>%n gaps between checkpoints of %1, saves included</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n restart(s) in this namespace</source>
        <translation>
            <numerusform>%n restart in this namespace</numerusform>
            <numerusform>%n restarts in this namespace</numerusform>
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
    <name>cairn::app::Failover</name>
    <message numerus="yes">
        <source>%n ready pods, all on one node: this tests the loss of a pod, not of the node.</source>
        <translation>
            <numerusform>%n ready pod, on one node: this tests the loss of a pod, not of the node.</numerusform>
            <numerusform>%n ready pods, all on one node: this tests the loss of a pod, not of the node.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ready pods on %1 nodes.</source>
        <translation>
            <numerusform>%n ready pod on %1 nodes.</numerusform>
            <numerusform>%n ready pods on %1 nodes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It is led by %n Leases, held by several pods.</source>
        <translation>
            <numerusform>It is led by %n Lease, held by several pods.</numerusform>
            <numerusform>It is led by %n Leases, held by several pods.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::HaController</name>
    <message numerus="yes">
        <source>%n object(s): %1 …</source>
        <translation>
            <numerusform>%n object: %1 …</numerusform>
            <numerusform>%n objects: %1 …</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Accept %1 of %n object(s)?</source>
        <translation>
            <numerusform>Accept %1 of %n object?</numerusform>
            <numerusform>Accept %1 of %n objects?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add %n to overlay…</source>
        <translation>
            <numerusform>Add %n to overlay…</numerusform>
            <numerusform>Add %n to overlay…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::HaFlows</name>
    <message numerus="yes">
        <source>%n get(s) more replicas</source>
        <translation>
            <numerusform>%n gets more replicas</numerusform>
            <numerusform>%n get more replicas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n get(s) leader election</source>
        <translation>
            <numerusform>%n gets leader election</numerusform>
            <numerusform>%n get leader election</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stay(s) at one and restart(s) fast</source>
        <translation>
            <numerusform>%n stays at one and restarts fast</numerusform>
            <numerusform>%n stay at one and restart fast</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n workload(s) get PDBs or other spreading.</source>
        <translation>
            <numerusform>%n workload gets PDBs or other spreading.</numerusform>
            <numerusform>%n workloads get PDBs or other spreading.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n workload(s)</source>
        <translation>
            <numerusform>%n workload</numerusform>
            <numerusform>%n workloads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 %n are left out, for example: %2</source>
        <comment>sentence, sentence</comment>
        <translation>
            <numerusform>%1 %n is left out: %2</numerusform>
            <numerusform>%1 %n are left out, for example: %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::HaWhatIf</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>If %1 fails, %n component(s) stop.</source>
        <translation>
            <numerusform>If %1 fails, %n component stops.</numerusform>
            <numerusform>If %1 fails, %n components stop.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) there lose %1.</source>
        <translation>
            <numerusform>%n job there loses %1.</numerusform>
            <numerusform>%n jobs there lose %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n pod(s)</source>
        <translation>
            <numerusform>%1 of %n pod</numerusform>
            <numerusform>%1 of %n pods</numerusform>
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
    <name>cairn::app::LaunchController</name>
    <message numerus="yes">
        <source>Left out: %1, and %n more.</source>
        <translation>
            <numerusform>Left out: %1, and %n more.</numerusform>
            <numerusform>Left out: %1, and %n more.</numerusform>
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
    <name>cairn::app::OverlayController</name>
    <message numerus="yes">
        <source>%n file(s) written in %1</source>
        <translation>
            <numerusform>%n file written in %1</numerusform>
            <numerusform>%n files written in %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Apply %n object(s)</source>
        <translation>
            <numerusform>Apply %n object</numerusform>
            <numerusform>Apply %n objects</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n object(s) are saved, not applied, because somebody else would put them back: %1</source>
        <translation>
            <numerusform>%n object is saved, not applied, because somebody else would put it back: %1</numerusform>
            <numerusform>%n objects are saved, not applied, because somebody else would put them back: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n write(s) accepted</source>
        <translation>
            <numerusform>%1 of %n write accepted</numerusform>
            <numerusform>%1 of %n writes accepted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) there were edited by hand otherwise. Compare them, or save now: those lines stay as they are.</source>
        <translation>
            <numerusform>%n file there was edited by hand otherwise. Compare it, or save now: those lines stay as they are.</numerusform>
            <numerusform>%n files there were edited by hand otherwise. Compare them, or save now: those lines stay as they are.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n object(s)</source>
        <translation>
            <numerusform>%n object</numerusform>
            <numerusform>%n objects</numerusform>
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
    <name>cairn::audit</name>
    <message numerus="yes">
        <source>Each time the manifest is applied, it is scaled to %n replica(s) until the HPA corrects it.</source>
        <translation>
            <numerusform>Each time the manifest is applied, it is scaled to %n replica until the HPA corrects it.</numerusform>
            <numerusform>Each time the manifest is applied, it is scaled to %n replicas until the HPA corrects it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Scaled down to %n replica(s), none of them may be evicted and drains hang.</source>
        <translation>
            <numerusform>Scaled down to %n replica, it may not be evicted and drains hang.</numerusform>
            <numerusform>Scaled down to %n replicas, none of them may be evicted and drains hang.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Draining its nodes may evict all %n replica(s) at once.</source>
        <translation>
            <numerusform>Draining its node may evict its %n replica.</numerusform>
            <numerusform>Draining its nodes may evict all %n replicas at once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It wants %1 available of %n replica(s), so that draining a node with one of them never ends.</source>
        <translation>
            <numerusform>It wants %1 available of %n replica, so that draining the node with it never ends.</numerusform>
            <numerusform>It wants %1 available of %n replicas, so that draining a node with one of them never ends.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 % of %n replica(s) is all of them, so that draining a node with one of them never ends.</source>
        <translation>
            <numerusform>%1 % of %n replica is all there is, so that draining the node with it never ends.</numerusform>
            <numerusform>%1 % of %n replicas is all of them, so that draining a node with one of them never ends.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n PDB(s) select the pods of %1</source>
        <translation>
            <numerusform>%n PDB selects the pods of %1</numerusform>
            <numerusform>%n PDBs select the pods of %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>By design its PDB keeps all %n pod(s), so that a drain waits for the whole job.</source>
        <translation>
            <numerusform>By design its PDB keeps its %n pod, so that a drain waits for the whole job.</numerusform>
            <numerusform>By design its PDB keeps all %n pods, so that a drain waits for the whole job.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It runs as %n pod(s) that work together; a drain takes some of them and all lose what was not saved.</source>
        <translation>
            <numerusform>It runs as %n pod; a drain takes it, and what was not saved is lost.</numerusform>
            <numerusform>It runs as %n pods that work together; a drain takes some of them and all lose what was not saved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>PDB %1 selects %n workload(s)</source>
        <translation>
            <numerusform>PDB %1 selects %n workload</numerusform>
            <numerusform>PDB %1 selects %n workloads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n etcd member(s)</source>
        <translation>
            <numerusform>%n etcd member</numerusform>
            <numerusform>%n etcd members</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n control plane node(s)</source>
        <translation>
            <numerusform>%n control plane node</numerusform>
            <numerusform>%n control plane nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The release says %1, and %n replica(s) are asked for: whoever reads the values is misled.</source>
        <translation>
            <numerusform>The release says %1, and %n replica is asked for: whoever reads the values is misled.</numerusform>
            <numerusform>The release says %1, and %n replicas are asked for: whoever reads the values is misled.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n object(s) judged</source>
        <translation>
            <numerusform>%n object judged</numerusform>
            <numerusform>%n objects judged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <comment>a list of names</comment>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 runs %n replica(s) and elects no leader</source>
        <translation>
            <numerusform>%1 runs %n replica and elects no leader</numerusform>
            <numerusform>%1 runs %n replicas and elects no leader</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 of %n replica(s) ready</source>
        <translation>
            <numerusform>%1: %2 of %n replica ready</numerusform>
            <numerusform>%1: %2 of %n replicas ready</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 runs %n replica(s)</source>
        <translation>
            <numerusform>%1 runs %n replica</numerusform>
            <numerusform>%1 runs %n replicas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n replica(s) may be placed on one node and fail with it.</source>
        <translation>
            <numerusform>Its %n replica is placed on one node and fails with it.</numerusform>
            <numerusform>All %n replicas may be placed on one node and fail with it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n ready replica(s) of %1 are on one node</source>
        <translation>
            <numerusform>The %n ready replica of %1 is on one node</numerusform>
            <numerusform>All %n ready replicas of %1 are on one node</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A failure of zone %1 stops it, although the cluster has %n zone(s).</source>
        <translation>
            <numerusform>A failure of zone %1 stops it, although the cluster has %n zone.</numerusform>
            <numerusform>A failure of zone %1 stops it, although the cluster has %n zones.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Use ScheduleAnyway, or anti-affinity that is preferred, until there are %n of them.</source>
        <translation>
            <numerusform>Use ScheduleAnyway, or anti-affinity that is preferred, until there is %n of them.</numerusform>
            <numerusform>Use ScheduleAnyway, or anti-affinity that is preferred, until there are %n of them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to schedule on</source>
        <translation>
            <numerusform>%n to schedule on</numerusform>
            <numerusform>%n to schedule on</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n replica(s) of %1 share one store</source>
        <translation>
            <numerusform>%n replica of %1 shares one store</numerusform>
            <numerusform>%n replicas of %1 share one store</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ready endpoint(s)</source>
        <translation>
            <numerusform>%n ready endpoint</numerusform>
            <numerusform>%n ready endpoints</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ready endpoint(s) on %1</source>
        <translation>
            <numerusform>%n ready endpoint on %1</numerusform>
            <numerusform>%n ready endpoints on %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fail, %n webhook(s)</source>
        <translation>
            <numerusform>Fail, %n webhook</numerusform>
            <numerusform>Fail, %n webhooks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Nobody answers %n webhook(s) of %1 that fail closed</source>
        <translation>
            <numerusform>Nobody answers %n webhook of %1 that fails closed</numerusform>
            <numerusform>Nobody answers %n webhooks of %1 that fail closed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 alone answers %n webhook(s) that fail closed</source>
        <translation>
            <numerusform>%1 alone answers %n webhook that fails closed</numerusform>
            <numerusform>%1 alone answers %n webhooks that fail closed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>One node answers %n webhook(s) of %1 that fail closed</source>
        <translation>
            <numerusform>One node answers %n webhook of %1 that fails closed</numerusform>
            <numerusform>One node answers %n webhooks of %1 that fail closed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 alone converts %n kind(s) between versions</source>
        <translation>
            <numerusform>%1 alone converts %n kind between versions</numerusform>
            <numerusform>%1 alone converts %n kinds between versions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n replica(s) of %1 keep data of their own</source>
        <translation>
            <numerusform>%n replica of %1 keeps data of its own</numerusform>
            <numerusform>%n replicas of %1 keep data of their own</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::change</name>
    <message numerus="yes">
        <source>%1: %n pod(s) of before still run.</source>
        <comment>name of a workload</comment>
        <translation>
            <numerusform>%1: %n old pod is still running.</numerusform>
            <numerusform>%1: %n old pods are still running.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n pod(s) of before are still ending.</source>
        <comment>name of a workload</comment>
        <translation>
            <numerusform>%1: %n pod of before is still ending.</numerusform>
            <numerusform>%1: %n pods of before are still ending.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: all %n replicas are on %2.</source>
        <comment>name of a workload, of a node</comment>
        <translation>
            <numerusform>%1: the only replica is on %2.</numerusform>
            <numerusform>%1: all %n replicas are on %2.</numerusform>
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
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Suspicious: it decides the same of %n more object(s).</source>
        <translation>
            <numerusform>Suspicious: it decides the same of %n more object.</numerusform>
            <numerusform>Suspicious: it decides the same of %n more objects.</numerusform>
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
    <name>cairn::charts::AvailabilityStrip</name>
    <message numerus="yes">
        <source>Not seen in the last %n day(s)</source>
        <translation>
            <numerusform>Not seen in the last %n day</numerusform>
            <numerusform>Not seen in the last %n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 % of the %n h that Cairn saw</source>
        <translation>
            <numerusform>%1 % of the %n h that Cairn saw</numerusform>
            <numerusform>%1 % of the %n h that Cairn saw</numerusform>
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
    <message numerus="yes">
        <source>%n tensors were added</source>
        <translation>
            <numerusform>%n tensor was added</numerusform>
            <numerusform>%n tensors were added</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files were added</source>
        <translation>
            <numerusform>%n file was added</numerusform>
            <numerusform>%n files were added</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensors are gone</source>
        <translation>
            <numerusform>%n tensor is gone</numerusform>
            <numerusform>%n tensors are gone</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files are gone</source>
        <translation>
            <numerusform>%n file is gone</numerusform>
            <numerusform>%n files are gone</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensors have another shape or type</source>
        <translation>
            <numerusform>%n tensor has another shape or type</numerusform>
            <numerusform>%n tensors have another shape or type</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files have another size</source>
        <translation>
            <numerusform>%n file has another size</numerusform>
            <numerusform>%n files have another size</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n tensors have the same name, shape and type.</source>
        <translation>
            <numerusform>The only tensor has the same name, shape and type.</numerusform>
            <numerusform>All %n tensors have the same name, shape and type.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n files have the same name and size.</source>
        <translation>
            <numerusform>The only file has the same name and size.</numerusform>
            <numerusform>All %n files have the same name and size.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 (and %n more damaged files)</source>
        <translation>
            <numerusform>%1 (and %n more damaged file)</numerusform>
            <numerusform>%1 (and %n more damaged files)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 (and %n more files like it)</source>
        <translation>
            <numerusform>%1 (and %n more file like it)</numerusform>
            <numerusform>%1 (and %n more files like it)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Every checksum of its %n files holds; %1 between what they cover, headers and padding, carry none</source>
        <translation>
            <numerusform>Every checksum of its file holds; %1 between what they cover, headers and padding, carry none</numerusform>
            <numerusform>Every checksum of its %n files holds; %1 between what they cover, headers and padding, carry none</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Every checksum of its %n files holds, and they cover every byte</source>
        <translation>
            <numerusform>Every checksum of its file holds, and they cover every byte</numerusform>
            <numerusform>Every checksum of its %n files holds, and they cover every byte</numerusform>
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
    <message numerus="yes">
        <source>It has %n member(s), and none of them may be lost.</source>
        <translation>
            <numerusform>It has %n member, which may not be lost.</numerusform>
            <numerusform>It has %n members, and none of them may be lost.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>One of its %n node(s) has so many of its members that the others are no majority.</source>
        <translation>
            <numerusform>Its %n node has so many of its members that the others are no majority.</numerusform>
            <numerusform>One of its %n nodes has so many of its members that the others are no majority.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them answer.</source>
        <translation>
            <numerusform>%n of them answers.</numerusform>
            <numerusform>%n of them answer.</numerusform>
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
        <source>%n PDB(s) select pod %1 (%2): the API server refuses to evict it.</source>
        <translation>
            <numerusform>%n PDB selects pod %1 (%2): the API server refuses to evict it.</numerusform>
            <numerusform>%n PDBs select pod %1 (%2): the API server refuses to evict it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>PDB %1 allows %n disruption(s) at a time, so pod %2 leaves once the others are ready elsewhere.</source>
        <translation>
            <numerusform>PDB %1 allows %n disruption at a time, so pod %2 leaves once the others are ready elsewhere.</numerusform>
            <numerusform>PDB %1 allows %n disruptions at a time, so pod %2 leaves once the others are ready elsewhere.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It cannot go on without the pods that are evicted, so all %n of its pods begin again; %1.</source>
        <translation>
            <numerusform>It cannot go on without the pod that is evicted, so its %n pod begins again; %1.</numerusform>
            <numerusform>It cannot go on without the pods that are evicted, so all %n of its pods begin again; %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It cannot go on without the pods on this node, so all %n of its pods wait and begin again; %1.</source>
        <translation>
            <numerusform>It cannot go on without the pod on this node, so its %n pod waits and begins again; %1.</numerusform>
            <numerusform>It cannot go on without the pods on this node, so all %n of its pods wait and begin again; %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other pod(s) on the node are not judged.</source>
        <translation>
            <numerusform>%n other pod on the node is not judged.</numerusform>
            <numerusform>%n other pods on the node are not judged.</numerusform>
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
    <name>cairn::dialogs::CompareDialog</name>
    <message numerus="yes">
        <source>%1, %n file(s)</source>
        <translation>
            <numerusform>%1, %n file</numerusform>
            <numerusform>%1, %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s), %1 elements</source>
        <translation>
            <numerusform>%n tensor, %1 elements</numerusform>
            <numerusform>%n tensors, %1 elements</numerusform>
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
    <name>cairn::dialogs::MergeDialog</name>
    <message numerus="yes">
        <source>%1 and %n more line(s)</source>
        <translation>
            <numerusform>%1 and %n more line</numerusform>
            <numerusform>%1 and %n more lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more, of which yours stay</source>
        <translation>
            <numerusform>and %n more, of which yours stays</numerusform>
            <numerusform>and %n more, of which yours stay</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conflict(s) open: your lines stay there.</source>
        <translation>
            <numerusform>%n conflict open: your lines stay there.</numerusform>
            <numerusform>%n conflicts open: your lines stay there.</numerusform>
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
    <name>cairn::dialogs::VerifyDialog</name>
    <message numerus="yes">
        <source>%n more files (%1) in its folders have names that no format knows, and were not read.</source>
        <translation>
            <numerusform>%n more file (%1) in its folders has a name that no format knows, and was not read.</numerusform>
            <numerusform>%n more files (%1) in its folders have names that no format knows, and were not read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cairn reads the contents of all %n files (%1) and checks every checksum that the format has. %2</source>
        <translation>
            <numerusform>Cairn reads the contents of its file (%1) and checks every checksum that the format has. %2</numerusform>
            <numerusform>Cairn reads the contents of all %n files (%1) and checks every checksum that the format has. %2</numerusform>
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
    <message numerus="yes">
        <source>%n more line(s) are not shown; Ctrl C copies them all</source>
        <translation>
            <numerusform>%n more line is not shown; Ctrl C copies it too</numerusform>
            <numerusform>%n more lines are not shown; Ctrl C copies them all</numerusform>
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
    <message numerus="yes">
        <source>%1 of %n component(s) tolerate a node failure</source>
        <translation>
            <numerusform>%1 of %n component tolerates a node failure</numerusform>
            <numerusform>%1 of %n components tolerate a node failure</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::items::FindingListModel</name>
    <message numerus="yes">
        <source>%1, %n finding(s): %2</source>
        <translation>
            <numerusform>%1, %n finding: %2</numerusform>
            <numerusform>%1, %n findings: %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 (%3), %n finding(s), shown below</source>
        <comment>severity, title, rule</comment>
        <translation>
            <numerusform>%1: %2 (%3), %n finding, shown below</numerusform>
            <numerusform>%1: %2 (%3), %n findings, shown below</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 (%3), %n finding(s), folded</source>
        <comment>severity, title, rule</comment>
        <translation>
            <numerusform>%1: %2 (%3), %n finding, folded</numerusform>
            <numerusform>%1: %2 (%3), %n findings, folded</numerusform>
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
    <name>cairn::items::LeaderChangeTableModel</name>
    <message numerus="yes">
        <source>%n change(s) in between that Cairn did not see</source>
        <translation>
            <numerusform>%n change in between that Cairn did not see</numerusform>
            <numerusform>%n changes in between that Cairn did not see</numerusform>
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
    <name>cairn::launch</name>
    <message numerus="yes">
        <source>%1 cannot save by the clock: minutes are turned into %n step(s).</source>
        <translation>
            <numerusform>%1 cannot save by the clock: minutes are turned into %n step.</numerusform>
            <numerusform>%1 cannot save by the clock: minutes are turned into %n steps.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Only saved steps can be kept: every %n step(s) it is.</source>
        <translation>
            <numerusform>Only saved steps can be kept: every step it is.</numerusform>
            <numerusform>Only saved steps can be kept: every %n steps it is.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n tries</source>
        <translation>
            <numerusform>%1, %n try</numerusform>
            <numerusform>%1, %n tries</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 can be written from one node alone (%2), but %n pod(s) train.</source>
        <translation>
            <numerusform>%1 can be written from one node alone (%2), and %n pod trains.</numerusform>
            <numerusform>%1 can be written from one node alone (%2), but %n pods train.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>on %1, which %n node(s) share</source>
        <translation>
            <numerusform>on %1, which %n node uses</numerusform>
            <numerusform>on %1, which %n nodes share</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the last %n</source>
        <translation>
            <numerusform>the last %n</numerusform>
            <numerusform>the last %n</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The text holds %n documents; one job is made at a time.</source>
        <translation>
            <numerusform>The text holds %n document; one job is made at a time.</numerusform>
            <numerusform>The text holds %n documents; one job is made at a time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n workload(s) wait in ClusterQueue %1.</source>
        <translation>
            <numerusform>%n workload waits in ClusterQueue %1.</numerusform>
            <numerusform>%n workloads wait in ClusterQueue %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It can start now, on %n node(s).</source>
        <translation>
            <numerusform>It can start now, on %n node.</numerusform>
            <numerusform>It can start now, on %n nodes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) have a node.</source>
        <translation>
            <numerusform>%n pod has a node.</numerusform>
            <numerusform>%n pods have a node.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) run.</source>
        <translation>
            <numerusform>%n pod runs.</numerusform>
            <numerusform>%n pods run.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 saves by the clock or by what it counts, not by both: minutes are turned into %n step(s).</source>
        <translation>
            <numerusform>%1 saves by the clock or by what it counts, not by both: minutes are turned into %n step.</numerusform>
            <numerusform>%1 saves by the clock or by what it counts, not by both: minutes are turned into %n steps.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n restart(s) of the whole job</source>
        <translation>
            <numerusform>%n restart of the whole job</numerusform>
            <numerusform>%n restarts of the whole job</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It trains on %n node(s), fixed for as long as it runs; a lost node stops all of them until it is back.</source>
        <translation>
            <numerusform>It trains on %n node, fixed for as long as it runs; a lost node stops all of them until it is back.</numerusform>
            <numerusform>It trains on %n nodes, fixed for as long as it runs; a lost node stops all of them until it is back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n parameter server(s) are left out: no runtime of Trainer has any.</source>
        <translation>
            <numerusform>%n parameter server is left out: no runtime of Trainer has any.</numerusform>
            <numerusform>%n parameter servers are left out: no runtime of Trainer has any.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Its %n pod(s) are left out: a TrainJob runs one program on all nodes.</source>
        <translation>
            <numerusform>Its %n pod is left out: a TrainJob runs one program on all nodes.</numerusform>
            <numerusform>Its %n pods are left out: a TrainJob runs one program on all nodes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The launcher trains too: it is one of the %n node(s).</source>
        <translation>
            <numerusform>The launcher trains too: it is the one node.</numerusform>
            <numerusform>The launcher trains too: it is one of the %n nodes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No runtime of Trainer sets %1: each of the %n node(s) would train by itself.</source>
        <translation>
            <numerusform>No runtime of Trainer sets %1: each of the %n node would train by itself.</numerusform>
            <numerusform>No runtime of Trainer sets %1: each of the %n nodes would train by itself.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ask for at most %n pod(s), or for less in each.</source>
        <translation>
            <numerusform>Ask for at most %n pod, or for less in each.</numerusform>
            <numerusform>Ask for at most %n pods, or for less in each.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Leave it as it is and it waits, or ask for %n pod(s).</source>
        <translation>
            <numerusform>Leave it as it is and it waits, or ask for %n pod.</numerusform>
            <numerusform>Leave it as it is and it waits, or ask for %n pods.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>room for all %n pod(s)</source>
        <translation>
            <numerusform>room for its %n pod</numerusform>
            <numerusform>room for all %n pods</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::launch::Advice</name>
    <message numerus="yes">
        <source>%n failure(s) are too few to say how often they come: the proposal lets saving take %1 of the time.</source>
        <translation>
            <numerusform>%n failure is too little to say how often they come: the proposal lets saving take %1 of the time.</numerusform>
            <numerusform>%n failures are too few to say how often they come: the proposal lets saving take %1 of the time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>With %n failure(s) anything from %1 to %2 may be best.</source>
        <translation>
            <numerusform>With %n failure anything from %1 to %2 may be best.</numerusform>
            <numerusform>With %n failures anything from %1 to %2 may be best.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s) of %1</source>
        <translation>
            <numerusform>%n checkpoint of %1</numerusform>
            <numerusform>%n checkpoints of %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The last %n, and one that is being written, take %1.</source>
        <translation>
            <numerusform>The last one, and one that is being written, take %1.</numerusform>
            <numerusform>The last %n, and one that is being written, take %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All are kept: it is full after %n checkpoint(s), in about %1.</source>
        <translation>
            <numerusform>All are kept: it is full after %n checkpoint, in about %1.</numerusform>
            <numerusform>All are kept: it is full after %n checkpoints, in about %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All are kept: it is full after %n checkpoint(s).</source>
        <translation>
            <numerusform>All are kept: it is full after %n checkpoint.</numerusform>
            <numerusform>All are kept: it is full after %n checkpoints.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::launch::Measure</name>
    <message numerus="yes">
        <source>%n failure(s)</source>
        <translation>
            <numerusform>%n failure</numerusform>
            <numerusform>%n failures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::launch::Template</name>
    <message numerus="yes">
        <source>It has more than %n parameters.</source>
        <translation>
            <numerusform>It has more than %n parameter.</numerusform>
            <numerusform>It has more than %n parameters.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::overlay</name>
    <message numerus="yes">
        <source>%n object(s) are its source: kustomize refuses to build.</source>
        <translation>
            <numerusform>%n object is its source: kustomize refuses to build.</numerusform>
            <numerusform>%n objects are its source: kustomize refuses to build.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n PDB(s) select the pods of %1, which makes every eviction fail.</source>
        <translation>
            <numerusform>%n PDB selects the pods of %1, which makes every eviction fail.</numerusform>
            <numerusform>%n PDBs select the pods of %1, which makes every eviction fail.</numerusform>
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
        <source>%n Trigger(s) in %1 stay with the Brokers they have.</source>
        <translation>
            <numerusform>%n Trigger in %1 stays with the Broker it has.</numerusform>
            <numerusform>%n Triggers in %1 stay with the Brokers they have.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::AdvisorCard</name>
    <message numerus="yes">
        <source>Use %n step(s)</source>
        <translation>
            <numerusform>Use %n step</numerusform>
            <numerusform>Use %n steps</numerusform>
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
    <message numerus="yes">
        <source>%1 · at least: the lists of %n job(s) are partial</source>
        <comment>foot</comment>
        <translation>
            <numerusform>%1 · at least: the list of %n job is partial</numerusform>
            <numerusform>%1 · at least: the lists of %n jobs are partial</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The lists of %n job(s) are partial: open a job to see what was left out.</source>
        <translation>
            <numerusform>The list of %n job is partial: open the job to see what was left out.</numerusform>
            <numerusform>The lists of %n jobs are partial: open a job to see what was left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) were read; none has saved one.</source>
        <translation>
            <numerusform>%n job was read; it has saved none.</numerusform>
            <numerusform>%n jobs were read; none has saved one.</numerusform>
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
    <name>cairn::pages::FailoverPage</name>
    <message numerus="yes">
        <source>%n job(s) ran when it began</source>
        <translation>
            <numerusform>%n job ran when it began</numerusform>
            <numerusform>%n jobs ran when it began</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>job(s) stopped</source>
        <translation>
            <numerusform>job stopped</numerusform>
            <numerusform>jobs stopped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running job(s) trained on</source>
        <translation>
            <numerusform>%n running job trained on</numerusform>
            <numerusform>%n running jobs trained on</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::FindingList</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::FindingPanel</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n finding</numerusform>
            <numerusform>%n findings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::FitPanel</name>
    <message numerus="yes">
        <source>%n free GPU(s) on %1: too few on one node for a pod.</source>
        <translation>
            <numerusform>%n free GPU on %1: too few on one node for a pod.</numerusform>
            <numerusform>%n free GPUs on %1: too few on one node for a pod.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Use %n node(s)</source>
        <translation>
            <numerusform>Use %n node</numerusform>
            <numerusform>Use %n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Now, on %n node(s)</source>
        <translation>
            <numerusform>Now, on %n node</numerusform>
            <numerusform>Now, on %n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %n node(s), once they are free</source>
        <translation>
            <numerusform>On %n node, once it is free</numerusform>
            <numerusform>On %n nodes, once they are free</numerusform>
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
        <source>%n more type(s) of nodes are not shown.</source>
        <translation>
            <numerusform>%n more type of node is not shown.</numerusform>
            <numerusform>%n more types of nodes are not shown.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::GpuMapView</name>
    <message numerus="yes">
        <source>%n free</source>
        <translation>
            <numerusform>%n free</numerusform>
            <numerusform>%n free</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n for this job</source>
        <translation>
            <numerusform>%n for this job</numerusform>
            <numerusform>%n for this job</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n short of a pod</source>
        <translation>
            <numerusform>%n short of a pod</numerusform>
            <numerusform>%n short of a pod</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more node(s)</source>
        <translation>
            <numerusform>and %n more node</numerusform>
            <numerusform>and %n more nodes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::GroupTile</name>
    <message numerus="yes">
        <source>%1: %2 of %n component(s) tolerate a node failure</source>
        <translation>
            <numerusform>%1: %2 of %n component tolerates a node failure</numerusform>
            <numerusform>%1: %2 of %n components tolerate a node failure</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n not observable</source>
        <translation>
            <numerusform>%1, %n not observable</numerusform>
            <numerusform>%1, %n not observable</numerusform>
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
    <message numerus="yes">
        <source>%n rule(s) not evaluated</source>
        <translation>
            <numerusform>%n rule not evaluated</numerusform>
            <numerusform>%n rules not evaluated</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n list(s) not read</source>
        <translation>
            <numerusform>%n list not read</numerusform>
            <numerusform>%n lists not read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n finding(s)</source>
        <translation>
            <numerusform>%1 of %n finding</numerusform>
            <numerusform>%1 of %n findings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n finding</numerusform>
            <numerusform>%n findings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s) are hidden by the filter or the group.</source>
        <translation>
            <numerusform>%n finding is hidden by the filter or the group.</numerusform>
            <numerusform>%n findings are hidden by the filter or the group.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
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
    <name>cairn::pages::LaunchPage</name>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>%n problem</numerusform>
            <numerusform>%n problems</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 %2 on %n node(s)</source>
        <comment>kind, name</comment>
        <translation>
            <numerusform>%1 %2 on %n node</numerusform>
            <numerusform>%1 %2 on %n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A clone of %1 named %2 on %n node(s)</source>
        <translation>
            <numerusform>A clone of %1 named %2 on %n node</numerusform>
            <numerusform>A clone of %1 named %2 on %n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 with %n GPU(s)</source>
        <translation>
            <numerusform>%1 with %n GPU</numerusform>
            <numerusform>%1 with %n GPUs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1; the YAML has %n problem(s)</source>
        <translation>
            <numerusform>%1; the YAML has %n problem</numerusform>
            <numerusform>%1; the YAML has %n problems</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 × %n GPU(s)</source>
        <comment>nodes</comment>
        <translation>
            <numerusform>%1 × %n GPU</numerusform>
            <numerusform>%1 × %n GPUs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s), no GPU</source>
        <translation>
            <numerusform>%n node, no GPU</numerusform>
            <numerusform>%n nodes, no GPU</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>every %n step(s)</source>
        <translation>
            <numerusform>every step</numerusform>
            <numerusform>every %n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>every %n epoch(s)</source>
        <translation>
            <numerusform>every epoch</numerusform>
            <numerusform>every %n epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: one node alone can mount it, and the job has %n.</source>
        <translation>
            <numerusform>%1: one node alone can mount it, and the job has %n.</numerusform>
            <numerusform>%1: one node alone can mount it, and the job has %n.</numerusform>
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
        <source>%n GPU(s)</source>
        <translation>
            <numerusform>%n GPU</numerusform>
            <numerusform>%n GPUs</numerusform>
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
    <name>cairn::pages::OverlayPage</name>
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
        <source>Counted: %n node(s), no zones. Soft rules leave no pod pending when one of them is lost.</source>
        <translation>
            <numerusform>Counted: %n node, no zones. Soft rules leave no pod pending when it is lost.</numerusform>
            <numerusform>Counted: %n nodes, no zones. Soft rules leave no pod pending when one of them is lost.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more pod(s) request %1 CPU and %2.</source>
        <translation>
            <numerusform>%n more pod requests %1 CPU and %2.</numerusform>
            <numerusform>%n more pods request %1 CPU and %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n patch(es) match nothing or cannot be applied</source>
        <translation>
            <numerusform>%n patch matches nothing or cannot be applied</numerusform>
            <numerusform>%n patches match nothing or cannot be applied</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n component(s) will tolerate a node failure; %2 do now</source>
        <translation>
            <numerusform>%1 of %n component will tolerate a node failure; %2 does now</numerusform>
            <numerusform>%1 of %n components will tolerate a node failure; %2 do now</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n object(s)</source>
        <translation>
            <numerusform>%n object</numerusform>
            <numerusform>%n objects</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n patch(es) land</source>
        <translation>
            <numerusform>%1 of %n patch lands</numerusform>
            <numerusform>%1 of %n patches land</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) edited by hand differ</source>
        <translation>
            <numerusform>%n file edited by hand differs</numerusform>
            <numerusform>%n files edited by hand differ</numerusform>
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
        <source>Somebody edited this file, and Cairn would change the same lines: %n conflict(s).</source>
        <translation>
            <numerusform>Somebody edited this file, and Cairn would change the same lines: %n conflict.</numerusform>
            <numerusform>Somebody edited this file, and Cairn would change the same lines: %n conflicts.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n test(s) failed</source>
        <translation>
            <numerusform>%n test failed</numerusform>
            <numerusform>%n tests failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n service(s)</source>
        <translation>
            <numerusform>%n service</numerusform>
            <numerusform>%n services</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 builds %n object(s) in %2</source>
        <comment>kustomize v5.8, duration</comment>
        <translation>
            <numerusform>%1 builds %n object in %2</numerusform>
            <numerusform>%1 builds %n objects in %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 makes %n object(s) otherwise</source>
        <comment>kustomize v5.8</comment>
        <translation>
            <numerusform>%1 makes %n object otherwise</numerusform>
            <numerusform>%1 makes %n objects otherwise</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::OverlayServices</name>
    <message numerus="yes">
        <source>%1 cannot use this server yet: %2 of %n check(s) failed</source>
        <comment>a component</comment>
        <translation>
            <numerusform>%1 cannot use this server yet: %2 of %n check failed</numerusform>
            <numerusform>%1 cannot use this server yet: %2 of %n checks failed</numerusform>
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
    <name>cairn::pages::TierTable</name>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation>
            <numerusform>Show %n more</numerusform>
            <numerusform>Show %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n workload(s)</source>
        <translation>
            <numerusform>%n workload</numerusform>
            <numerusform>%n workloads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n workload(s) change</source>
        <translation>
            <numerusform>%1 of %n workload changes</numerusform>
            <numerusform>%1 of %n workloads change</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::WhatIfPanel</name>
    <message numerus="yes">
        <source>The failure of this node stops %n component(s)</source>
        <translation>
            <numerusform>The failure of this node stops %n component</numerusform>
            <numerusform>The failure of this node stops %n components</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more node(s)</source>
        <translation>
            <numerusform>%n more node</numerusform>
            <numerusform>%n more nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::YamlDrop</name>
    <message numerus="yes">
        <source>These are %n files; drop one at a time.</source>
        <translation>
            <numerusform>This is %n file; drop one at a time.</numerusform>
            <numerusform>These are %n files; drop one at a time.</numerusform>
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
    <name>cairn::situation::Failover</name>
    <message numerus="yes">
        <source>%n ready pod(s), and nothing forbids the test</source>
        <translation>
            <numerusform>%n ready pod, and nothing forbids the test</numerusform>
            <numerusform>%n ready pods, and nothing forbids the test</numerusform>
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
