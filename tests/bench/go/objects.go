// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	namespaces = 20
	nodes      = 200
)

// uid is the same for the same name in every run, so that pods and jobs that are written apart fit together.
func uid(name string) types.UID {
	h := sha1.Sum([]byte(name))
	return types.UID(fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16]))
}

func namespaceOf(i int) string { return fmt.Sprintf("team-%02d", i%namespaces) }
func nodeOf(i int) string      { return fmt.Sprintf("gpu-node-%03d.example.internal", i%nodes) }

// Two pods in a row belong to one job where they belong to one at all: the pods of one job are in one namespace.
func jobName(j int) string { return fmt.Sprintf("finetune-llama-%05d", j) }

func made(i int) metav1.Time {
	// Minutes apart, and never in the future.
	return metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i%100000) * time.Minute / 2))
}

// makePod is the pod number `i`, about 7 KB as JSON, as a kubelet leaves it. Every second pair belongs to a PyTorchJob,
// the others to ReplicaSets; three in a hundred are not well. `round` counts its changes.
func makePod(i, round int) *corev1.Pod {
	pair := i / 2
	ofJob := pair%2 == 0
	job := pair / 2
	ns := namespaceOf(job)
	controller := true
	pod := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace:         ns,
			CreationTimestamp: made(i),
			Labels:            map[string]string{"app.kubernetes.io/managed-by": "bench", "team": ns},
			Annotations: map[string]string{
				"cni.projectcalico.org/containerID": fmt.Sprintf("%x", sha1.Sum([]byte{byte(i), byte(i >> 8), byte(i >> 16)})),
				"cni.projectcalico.org/podIP":       fmt.Sprintf("10.%d.%d.%d/32", i>>16&255, i>>8&255, i&255),
				"sidecar.istio.io/inject":           "false",
			},
			ManagedFields: managed(made(i)),
		},
	}
	if ofJob {
		role, index := "master", 0
		if i%2 == 1 {
			role = "worker"
		}
		pod.Name = fmt.Sprintf("%s-%s-%d", jobName(job), role, index)
		pod.Labels["training.kubeflow.org/job-name"] = jobName(job)
		pod.Labels["training.kubeflow.org/job-role"] = "master"
		pod.Labels["training.kubeflow.org/operator-name"] = "pytorchjob-controller"
		pod.Labels["training.kubeflow.org/replica-index"] = fmt.Sprint(index)
		pod.Labels["training.kubeflow.org/replica-type"] = role
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "kubeflow.org/v1", Kind: "PyTorchJob", Name: jobName(job),
			UID: uid(jobName(job)), Controller: &controller, BlockOwnerDeletion: &controller}}
	} else {
		set := fmt.Sprintf("inference-%05d-7d9c5b8f4", job)
		pod.Name = fmt.Sprintf("%s-%05x", set, i)
		pod.Labels["app"] = fmt.Sprintf("inference-%05d", job)
		pod.Labels["pod-template-hash"] = "7d9c5b8f4"
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: set,
			UID: uid(set), Controller: &controller, BlockOwnerDeletion: &controller}}
	}
	pod.UID = uid("pod/" + pod.Name)
	pod.Spec = spec(i, ofJob)
	pod.Status = status(i, round, pod)
	return pod
}

func spec(i int, ofJob bool) corev1.PodSpec {
	enable := true
	grace := int64(30)
	priority := int32(0)
	gpus := resource.MustParse("0")
	if ofJob {
		gpus = resource.MustParse("1")
	}
	resources := corev1.ResourceRequirements{
		Requests: corev1.ResourceList{"cpu": resource.MustParse("4"), "memory": resource.MustParse("32Gi"), "nvidia.com/gpu": gpus},
		Limits:   corev1.ResourceList{"cpu": resource.MustParse("8"), "memory": resource.MustParse("64Gi"), "nvidia.com/gpu": gpus},
	}
	env := []corev1.EnvVar{
		{Name: "NCCL_DEBUG", Value: "WARN"}, {Name: "NCCL_SOCKET_IFNAME", Value: "eth0"},
		{Name: "PYTHONUNBUFFERED", Value: "1"}, {Name: "MASTER_PORT", Value: "23456"},
		{Name: "MASTER_ADDR", Value: fmt.Sprintf("finetune-llama-%05d-master-0", i/4)},
		{Name: "WORLD_SIZE", Value: "2"}, {Name: "RANK", Value: fmt.Sprint(i % 2)},
		{Name: "HF_HOME", Value: "/cache/huggingface"}, {Name: "TOKENIZERS_PARALLELISM", Value: "false"},
		{Name: "NODE_NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "spec.nodeName"}}},
	}
	token := "kube-api-access-" + fmt.Sprintf("%05x", i)
	mounts := []corev1.VolumeMount{{Name: "ckpt", MountPath: "/ckpt"}, {Name: "cache", MountPath: "/cache"}, {Name: "dshm", MountPath: "/dev/shm"},
		{Name: token, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}}
	seconds := int64(3607)
	mode := int32(420)
	return corev1.PodSpec{
		NodeName: nodeOf(i), RestartPolicy: corev1.RestartPolicyNever, DNSPolicy: corev1.DNSClusterFirst,
		ServiceAccountName: "default", DeprecatedServiceAccount: "default", SchedulerName: "default-scheduler",
		TerminationGracePeriodSeconds: &grace, EnableServiceLinks: &enable, Priority: &priority,
		SecurityContext: &corev1.PodSecurityContext{},
		Tolerations: []corev1.Toleration{
			{Key: "nvidia.com/gpu", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule},
			{Key: "node.kubernetes.io/not-ready", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds},
			{Key: "node.kubernetes.io/unreachable", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds}},
		InitContainers: []corev1.Container{{Name: "fetch", Image: "registry.example.com/tools/fetch:2.3.1", Command: []string{"sh", "-c", "cp -r /models/. /cache/"},
			VolumeMounts: mounts[1:2], ImagePullPolicy: corev1.PullIfNotPresent, TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile}},
		Containers: []corev1.Container{{
			Name: "pytorch", Image: "registry.example.com/research/train:2026.01.15-cuda12.4-a1b2c3d4",
			Command: []string{"torchrun", "--nproc_per_node=1", "/workspace/train.py"},
			Args:    []string{"--model", "meta-llama/Llama-3.1-8B", "--output-dir", "/ckpt/run", "--save-steps", "500", "--bf16"},
			Env:     env, Resources: resources, VolumeMounts: mounts, ImagePullPolicy: corev1.PullIfNotPresent,
			Ports:                  []corev1.ContainerPort{{Name: "pytorchjob-port", ContainerPort: 23456, Protocol: corev1.ProtocolTCP}},
			TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile}},
		Volumes: []corev1.Volume{
			{Name: "ckpt", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: fmt.Sprintf("ckpt-%05d", i/4)}}},
			{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "dshm", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}}},
			{Name: token, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{DefaultMode: &mode, Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: &seconds, Path: "token"}},
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}, Items: []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}}}}}}}}},
	}
}

func status(i, round int, pod *corev1.Pod) corev1.PodStatus {
	began := pod.CreationTimestamp
	well := i%100 >= 3
	yes := corev1.ConditionTrue
	ready := yes
	state := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: began}}
	if !well {
		ready = corev1.ConditionFalse
		state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff",
			Message: "back-off 5m0s restarting failed container=pytorch pod=" + pod.Name + "_" + pod.Namespace + "(" + string(pod.UID) + ")"}}
	}
	started := well
	ip := fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)
	conditions := []corev1.PodCondition{}
	for _, kind := range []corev1.PodConditionType{"PodReadyToStartContainers", corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled} {
		is := yes
		if kind == corev1.PodReady || kind == corev1.ContainersReady {
			is = ready
		}
		conditions = append(conditions, corev1.PodCondition{Type: kind, Status: is, LastTransitionTime: began})
	}
	return corev1.PodStatus{
		Phase: corev1.PodRunning, QOSClass: corev1.PodQOSBurstable, StartTime: &began, Conditions: conditions,
		HostIP: fmt.Sprintf("192.168.1.%d", i%nodes), HostIPs: []corev1.HostIP{{IP: fmt.Sprintf("192.168.1.%d", i%nodes)}},
		PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}},
		InitContainerStatuses: []corev1.ContainerStatus{{Name: "fetch", Ready: true, Image: "registry.example.com/tools/fetch:2.3.1",
			ImageID:     "registry.example.com/tools/fetch@sha256:5f2b1c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f506172839",
			ContainerID: "containerd://" + digest(pod.Name+"fetch"), Started: &started,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: began, FinishedAt: began, ContainerID: "containerd://" + digest(pod.Name+"fetch")}}}},
		ContainerStatuses: []corev1.ContainerStatus{{Name: "pytorch", Ready: well, Started: &started, RestartCount: int32(round), State: state,
			Image:       "registry.example.com/research/train:2026.01.15-cuda12.4-a1b2c3d4",
			ImageID:     "registry.example.com/research/train@sha256:0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f405162738495a6b7c8d9eafb",
			ContainerID: "containerd://" + digest(pod.Name)}},
	}
}

func digest(text string) string {
	h := sha1.Sum([]byte(text))
	return fmt.Sprintf("%x%x", h, h[:12])
}

// managed is what the two writers of such a pod leave in managedFields.
func managed(at metav1.Time) []metav1.ManagedFieldsEntry {
	return []metav1.ManagedFieldsEntry{
		{Manager: "training-operator.v1", Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "v1", Time: &at, FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(operatorFields)}},
		{Manager: "kubelet", Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "v1", Time: &at, FieldsType: "FieldsV1", Subresource: "status", FieldsV1: &metav1.FieldsV1{Raw: []byte(kubeletFields)}},
	}
}

const operatorFields = `{"f:metadata":{"f:annotations":{".":{},"f:sidecar.istio.io/inject":{}},"f:labels":{".":{},"f:app.kubernetes.io/managed-by":{},"f:training.kubeflow.org/job-name":{},"f:training.kubeflow.org/job-role":{},"f:training.kubeflow.org/operator-name":{},"f:training.kubeflow.org/replica-index":{},"f:training.kubeflow.org/replica-type":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"00000000-0000-0000-0000-000000000000\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"pytorch\"}":{".":{},"f:args":{},"f:command":{},"f:env":{".":{},"k:{\"name\":\"MASTER_ADDR\"}":{".":{},"f:name":{},"f:value":{}},"k:{\"name\":\"MASTER_PORT\"}":{".":{},"f:name":{},"f:value":{}},"k:{\"name\":\"RANK\"}":{".":{},"f:name":{},"f:value":{}},"k:{\"name\":\"WORLD_SIZE\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":23456,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:cpu":{},"f:memory":{},"f:nvidia.com/gpu":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{},"f:nvidia.com/gpu":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/ckpt\"}":{".":{},"f:mountPath":{},"f:name":{}}}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{},"f:volumes":{".":{},"k:{\"name\":\"ckpt\"}":{".":{},"f:name":{},"f:persistentVolumeClaim":{".":{},"f:claimName":{}}}}}}`

const kubeletFields = `{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:initContainerStatuses":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"10.0.0.0\"}":{".":{},"f:ip":{}}},"f:startTime":{}}}`

// makeJob is the PyTorchJob number `j` as the apiserver keeps a custom object: JSON.
func makeJob(j int) ([]byte, error) {
	at := made(j * 4).UTC().Format(time.RFC3339)
	container := map[string]any{"name": "pytorch", "image": "registry.example.com/research/train:2026.01.15-cuda12.4-a1b2c3d4",
		"command": []string{"torchrun", "/workspace/train.py"}, "args": []string{"--output-dir", "/ckpt/run"},
		"resources":    map[string]any{"limits": map[string]any{"nvidia.com/gpu": 1}},
		"volumeMounts": []any{map[string]any{"name": "ckpt", "mountPath": "/ckpt"}}}
	template := map[string]any{"spec": map[string]any{"containers": []any{container}, "volumes": []any{
		map[string]any{"name": "ckpt", "persistentVolumeClaim": map[string]any{"claimName": fmt.Sprintf("ckpt-%05d", j)}}}}}
	replica := map[string]any{"replicas": 1, "restartPolicy": "OnFailure", "template": template}
	condition := func(kind string) map[string]any {
		return map[string]any{"type": kind, "status": "True", "reason": "PyTorchJob" + kind, "message": "PyTorchJob " + jobName(j) + " is " + kind,
			"lastTransitionTime": at, "lastUpdateTime": at}
	}
	return json.Marshal(map[string]any{
		"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob",
		"metadata": map[string]any{"name": jobName(j), "namespace": namespaceOf(j), "uid": uid(jobName(j)), "creationTimestamp": at, "generation": 1},
		"spec":     map[string]any{"pytorchReplicaSpecs": map[string]any{"Master": replica, "Worker": replica}, "runPolicy": map[string]any{"suspend": false}},
		"status": map[string]any{"startTime": at, "conditions": []any{condition("Created"), condition("Running")},
			"replicaStatuses": map[string]any{"Master": map[string]any{"active": 1}, "Worker": map[string]any{"active": 1}}},
	})
}

// makeEvent is the event number `i`, about a pod.
func makeEvent(i, pods int) *corev1.Event {
	pod := makePod(i%pods, 0)
	now := metav1.NewTime(time.Now())
	kind, reason := corev1.EventTypeNormal, "Pulled"
	if i%5 == 0 {
		kind, reason = corev1.EventTypeWarning, "BackOff"
	}
	return &corev1.Event{
		TypeMeta:       metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
		ObjectMeta:     metav1.ObjectMeta{Namespace: pod.Namespace, Name: fmt.Sprintf("%s.%016x", pod.Name, i), UID: uid(fmt.Sprint("event/", i)), CreationTimestamp: now},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", APIVersion: "v1", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Type:           kind, Reason: reason, Message: "Successfully pulled image for container pytorch, attempt " + fmt.Sprint(i),
		Source: corev1.EventSource{Component: "kubelet", Host: pod.Spec.NodeName}, FirstTimestamp: now, LastTimestamp: now, Count: 1,
		ReportingController: "kubelet", ReportingInstance: pod.Spec.NodeName,
	}
}

func makeNamespace(i int) *corev1.Namespace {
	return &corev1.Namespace{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{Name: namespaceOf(i), UID: uid("ns/" + namespaceOf(i)), CreationTimestamp: made(0)},
		Spec:       corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{corev1.FinalizerKubernetes}},
		Status:     corev1.NamespaceStatus{Phase: corev1.NamespaceActive}}
}

func makeNode(i int) *corev1.Node {
	room := corev1.ResourceList{"cpu": resource.MustParse("96"), "memory": resource.MustParse("1Ti"), "pods": resource.MustParse("500"), "nvidia.com/gpu": resource.MustParse("8")}
	return &corev1.Node{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: nodeOf(i), UID: uid(nodeOf(i)), CreationTimestamp: made(0),
			Labels: map[string]string{"kubernetes.io/hostname": nodeOf(i), "topology.kubernetes.io/zone": fmt.Sprintf("zone-%d", i%3)}},
		Status: corev1.NodeStatus{Capacity: room, Allocatable: room, Conditions: []corev1.NodeCondition{
			{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: metav1.Now(), LastTransitionTime: made(0), Reason: "KubeletReady"}}}}
}
