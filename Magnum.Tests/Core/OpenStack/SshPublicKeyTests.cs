using Magnum.Core.OpenStack;

namespace Magnum.Tests.Core.OpenStack;

public sealed class SshPublicKeyTests
{
    private const string Data = "AAAAC3NzaC1lZDI1NTE5AAAAIIBon4rDYYKDKQCsI0WmJ9Md7l5sNh+IRUS3UIuDq/QZ";

    [Theory]
    [InlineData($"ssh-ed25519 {Data}", null)]
    [InlineData($"ssh-ed25519 {Data} li@example.org 中文\n", null)]
    [InlineData("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMtuxi/D/IS0Rdmnw9GxCX1p6XkEFj9X54qWBugcHO8oUFpERTohOtVgU55l05spn1mkYqBhLfUjwkFYFNY9H2U= x", null)]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----", SshKeyProblem.Private)]
    [InlineData("", SshKeyProblem.Shape)]
    [InlineData("ssh-ed25519", SshKeyProblem.Shape)]
    [InlineData($"ssh-ed25519 {Data}\nssh-ed25519 {Data}", SshKeyProblem.Shape)]
    [InlineData($"ssh-dss {Data}", SshKeyProblem.Type)]
    [InlineData($"{Data} ssh-ed25519", SshKeyProblem.Type)]
    [InlineData($"ssh-rsa {Data}", SshKeyProblem.Data)]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHVkqQpT", SshKeyProblem.Data)]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", SshKeyProblem.Data)]
    [InlineData("ssh-ed25519 hello!", SshKeyProblem.Data)]
    [InlineData("ssh-ed25519 /////w==", SshKeyProblem.Data)]
    public void Check_SaysWhatIsWrong(string key, SshKeyProblem? problem) => Assert.Equal(problem, SshPublicKey.Check(key));
}
