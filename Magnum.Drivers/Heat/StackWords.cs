using Magnum.Drivers.Heat.Hot;

namespace Magnum.Drivers.Heat;

/// <summary>What an engine's stack calls its parts: the words that stand for <c>%engine%</c> and so on in the templates that engines share.</summary>
/// <param name="Engine">What names of resources begin with: <c>kube</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Software">Whose API and version it is, for people.</param>
/// <param name="Workers">The resource group of the workers, and the output that lists their addresses.</param>
/// <param name="Worker">What the workers' parameters begin with.</param>
/// <param name="Count">The parameter for the number of workers.</param>
/// <param name="Removal">The parameter for the workers that go.</param>
/// <param name="Version">The parameter for the software's version, and the image's property.</param>
/// <param name="VersionLabel">The label that asks for a version.</param>
internal sealed record StackWords(
    string Engine, string Title, string Software, string Workers, string Worker, string Count, string Removal, string Version, string VersionLabel)
{
    private const string Folder = "Heat/Templates/";

    public string MasterFile => $"{Engine}-master.yaml";

    public string WorkerFile => $"{Engine}-{Worker}.yaml";

    /// <summary>What the masters' resources begin with.</summary>
    public string Master => $"{Engine}_master_";

    public string WorkerNodes => $"{Worker}_nodes";

    public string WorkerImage => $"{Worker}_image";

    public string FormerWorkerImages => $"former_{Worker}_images";

    public string WorkerFlavor => $"{Worker}_flavor";

    public string WorkerNodeGroup => $"{Worker}_nodegroup_uuid";

    public string WorkerSettings => $"{Worker}_settings";

    /// <summary>Writes the words into a shared template.</summary>
    public HotDocument Load(string file)
    {
        var text = EmbeddedText.Read(Folder + file)
            .Replace("%engine%", Engine, StringComparison.Ordinal)
            .Replace("%title%", Title, StringComparison.Ordinal)
            .Replace("%software%", Software, StringComparison.Ordinal)
            .Replace("%workers%", Workers, StringComparison.Ordinal)
            .Replace("%worker%", Worker, StringComparison.Ordinal)
            .Replace("%count%", Count, StringComparison.Ordinal)
            .Replace("%removal%", Removal, StringComparison.Ordinal)
            .Replace("%version%", Version, StringComparison.Ordinal);
        return HotDocument.Parse(text, file);
    }
}
