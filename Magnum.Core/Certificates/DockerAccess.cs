namespace Magnum.Core.Certificates;

/// <summary>Writes what opens a swarm for the <c>docker</c> client: a script to be read by a shell, which puts the certificates where the client looks for them.</summary>
internal static class DockerAccess
{
    public static string Write(string clusterName, Guid clusterUuid, string address, string caPem, KeyMaterial client) => string.Join(
        '\n',
        [
            $"# Docker on cluster {clusterName}. Let a shell read it: \". ./{clusterName}.docker.sh\", then \"docker node ls\".",
            $"export DOCKER_HOST={address}",
            "export DOCKER_TLS_VERIFY=1",
            $"export DOCKER_CERT_PATH=\"$HOME/.docker/magnum/{clusterUuid}\"",
            "(",
            "umask 077",
            "mkdir -p \"$DOCKER_CERT_PATH\"",
            .. File("ca.pem", caPem),
            .. File("cert.pem", client.Certificate),
            .. File("key.pem", client.PrivateKey),
            ")",
            "",
        ]);

    private static string[] File(string name, string pem) => [$"cat >\"$DOCKER_CERT_PATH/{name}\" <<'PEM'", pem, "PEM"];
}
