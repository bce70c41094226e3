namespace Magnum.Core.Diagnosis.Known;

/// <summary>What a node reports, or writes on its console.</summary>
internal static class NodeFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("node-proxy", Actor.User, "A node's proxy lets it not through.", @"Received HTTP code \d+ from proxy|CONNECT tunnel failed|Proxy CONNECT aborted|Could not resolve proxy"),
        new("node-dns", Actor.User, "A node cannot resolve a name.", @"Could not resolve host|Temporary failure in name resolution|Name or service not known|lookup \S+ on \S+: (no such host|server misbehaving)"),
        new("node-clock", Actor.Operator, "A node's clock is wrong.", @"certificate is not yet valid|certificate has expired or is not yet valid|clock skew"),
        new("node-tls-untrusted", Actor.Operator, "A node does not trust the cloud's or Magnum's certificate.", @"curl: \(60\)|self[- ]signed certificate|unable to get local issuer certificate|certificate signed by unknown authority|SSL certificate problem"),
        new("node-no-connection", Actor.User, "A node reaches Keystone or Magnum not at all.", @"curl: \((7|28)\)|Failed to connect to \S+ port|No route to host|Network is unreachable|Connection timed out after"),
        new("node-image-pull", Actor.User, "A node could not pull a container image.", @"failed to pull (and unpack )?image|ErrImagePull|ImagePullBackOff|toomanyrequests|pull access denied|manifest unknown|manifest for \S+ not found"),
        new("node-docker-missing", Actor.User, "The image has no Docker Engine.", @"the image has no docker|docker: command not found|docker: not found|Unit docker\.service (could not be found|not found)|Cannot connect to the Docker daemon"),
        new("node-mesos-missing", Actor.User, "The image has no Mesos.", @"the image has no (mesos-master|mesos-agent|marathon|zkServer)|mesos-(master|agent): (command not found|not found)"),
        new("node-wrong-image", Actor.User, "The image lacks what a node needs.", @"the image has no [\w-]+|(kubeadm|kubelet|kubectl|containerd|crictl|etcd|jq): (command not found|not found|No such file)|Unit (kubelet|containerd)\.service (could not be found|not found)|No such file or directory: \S*(kubeadm|kubelet)"),
        new("node-certificate-refused", Actor.Operator, "Magnum refused to sign a node's certificate.", @"requested URL returned error: 40[013]|signing request .{0,60}(refused|denied)|CSR .{0,60}(refused|denied)"),
        new("node-magnum-failing", Actor.Operator, "Magnum or Keystone answered a node with an error.", @"requested URL returned error: 5\d\d"),
        new("node-volume-missing", Actor.Operator, "A volume was not attached to its node.", @"volume \S+ was not attached"),
        new("node-disk-full", Actor.User, "A node's disk is full.", @"No space left on device|DiskPressure|disk quota exceeded"),
        new("node-out-of-memory", Actor.User, "A node ran out of memory.", @"Out of memory: Killed process|oom-kill|invoked oom-killer|Cannot allocate memory"),
        new("node-preflight", Actor.User, "A node is not fit for Kubernetes.", @"\[ERROR [A-Za-z-]+\]:|available CPUs \d+ is less than the required|system RAM \(\d+ MB\) is less than"),
        new("etcd-no-quorum", Actor.User, "The masters' etcd finds no majority.", @"etcdserver: (no leader|request timed out|not enough started members|unhealthy cluster)|etcd cluster is (unhealthy|not healthy)|etcd.{0,80}context deadline exceeded|lost (its )?quorum"),
        new("swarm-join-refused", Actor.User, "The swarm refuses a node's token.", @"invalid join token|join token .{0,40}(invalid|refused|expired)|code = (Unauthenticated|PermissionDenied)"),
        new("swarm-join-timed-out", Actor.User, "A node found no manager of the swarm.", @"Timeout was reached before node joined|no manager of the swarm answers|swarm has not let this node in yet|manager .{0,60}:2377.{0,60}(refused|unreachable|timed out)"),
        new("mesos-no-leader", Actor.User, "The masters of Mesos find no majority.", @"no master leads: Mesos needs a majority|ZooKeeper does not serve: it needs a majority"),
        new("mesos-agent-unregistered", Actor.User, "No master of Mesos has registered an agent.", @"no master has registered the agent"),
        new("node-kubelet-down", Actor.User, "A node's kubelet does not run.", @"kubelet is(n.t| not) (healthy|running)|127\.0\.0\.1:10248", Telling.Symptom),
        new("node-api-down", Actor.User, "The Kubernetes API of the first master does not answer.", @"The connection to the server \S+ was refused|kube-apiserver .{0,60}(not healthy|is not ready|refused)|API server .{0,60}(not healthy|not ready|timed out)", Telling.Symptom),
        new("node-failed", Actor.User, "A node reported that it failed.", @"Node \S+ reported a failure", Telling.Symptom),
        new("node-silent", Actor.User, "A node did not report itself in time.", @"did not report itself|WaitConditionTimeout|\d+ of \d+ received", Telling.TimeOut),
    ];
}
