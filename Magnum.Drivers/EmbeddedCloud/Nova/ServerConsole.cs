namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>What a server has written on its console.</summary>
internal static class ServerConsole
{
    private const string Start = "[    0.000000] Linux version 6.8.0 (embedded cloud)\nCloud-init v. 24.1 running 'init-local'\n";
    private const string End = "Cloud-init v. 24.1 running 'modules:final'\nCloud-init v. 24.1 finished\n";

    /// <param name="lines">The last ones; 0: all.</param>
    public static string Of(ServerRow server, int lines)
    {
        var text = server switch
        {
            { Boot: BootState.Off } or { Status: "ERROR" } => "",
            { Boot: BootState.Booting } => Start,
            { Scenario: "hang" } => Start,
            { Scenario: "node-offline" } => $"{Start}{End}{Node("token", "curl: (7) Failed to connect to 127.0.0.1 port 5000 after 3 ms: Couldn't connect to server")}\n{server.Name} login: ",
            { Scenario: "node-fails" } => $"{Start}{End}{Node("kubelet", "kubelet is not healthy after 4m0s")}\n{server.Name} login: ",
            { BootFailure: { } failure } => $"{Start}{End}{Node("certificates", failure)}\n{server.Name} login: ",
            _ => $"{Start}{End}\n{server.Name} login: ",
        };
        return lines > 0 ? string.Join('\n', text.Split('\n').TakeLast(lines)) : text;
    }

    private static string Node(string step, string trouble) => $"[   41.204113] magnum-node[731]: == {step}\n[   44.318806] magnum-node[731]: {trouble}\n";
}
