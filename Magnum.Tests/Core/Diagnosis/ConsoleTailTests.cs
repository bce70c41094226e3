using Magnum.Core.Diagnosis;

namespace Magnum.Tests.Core.Diagnosis;

public sealed class ConsoleTailTests
{
    [Fact]
    public void Secrets_AreTakenOut_AlsoAKeyWhoseBeginningIsCutOff()
    {
        var tail = ConsoleTail.Of(
            "MIIEvQIBADANBgkqhkiG\n-----END PRIVATE KEY-----\nX-Auth-Token: gAAAAABmPvDq0123456789abcdefgh\npassword=hunter2\nkubeadm join --token abcdef.0123456789abcdef\ndocker swarm join --token SWMTKN-1-49nj1cmql0jkz5s954yi3oex-8vxv8rssmk743ojnwacrr2e7c\n"
            + "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\ncurl: (6) Could not resolve host: keystone");

        foreach (var secret in new[] { "MIIE", "gAAAA", "hunter2", "abcdef.0123", "49nj1cmql0" })
        {
            Assert.DoesNotContain(secret, tail.Text, StringComparison.Ordinal);
        }

        Assert.Equal("curl: (6) Could not resolve host: keystone", tail.TellingLine);
    }

    [Fact]
    public void ControlCharacters_AreTakenOut() =>
        Assert.Equal("[  OK  ] Started\nlogin:", ConsoleTail.Of("[\x1b[0;32m  OK  \x1b[0m] Started\r\n\a\0\nlogin: ").Text);

    [Fact]
    public void LongConsole_ItsEndIsKept()
    {
        var tail = ConsoleTail.Of(string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"line {i} {new string('x', 400)}")));

        Assert.InRange(tail.Text.Length, 1000, 3500);
        Assert.InRange(tail.Text.Split('\n').Length, 2, ConsoleTail.Lines);
        Assert.StartsWith("line 4999", tail.Text.Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void TraceInTheMiddle_WhatComesAfterIsKept()
    {
        var tail = ConsoleTail.Of("Traceback (most recent call last):\n  File \"/usr/bin/x\", line 3, in run\nOSError: [Errno 28] No space left on device\n");

        Assert.Equal("OSError: [Errno 28] No space left on device", tail.TellingLine);
        Assert.DoesNotContain("/usr/bin/x", tail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralTrouble_TheCauseIsToldAndOfEqualsTheLast()
    {
        Assert.Equal("curl: (7) Failed to connect to b port 2", ConsoleTail.Of("curl: (6) Could not resolve host: a\ncurl: (7) Failed to connect to b port 2\nThe kubelet is not running").TellingLine);
        Assert.Null(ConsoleTail.Of("Welcome\nlogin:").TellingLine);
        Assert.Equal(("", null), (ConsoleTail.Of("").Text, ConsoleTail.Of("").TellingLine));
    }
}
