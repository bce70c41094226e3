using Magnum.Core.Clusters;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>What pasted code asks for.</summary>
/// <param name="Form">The name of a text: what it was recognised as; null: as nothing.</param>
/// <param name="Request">Its template as the code names it; empty when it names none.</param>
/// <param name="Said">The fields that the code says, in the API's spelling and the code's order.</param>
/// <param name="TemplateLine">Where the template is named; 0: nowhere.</param>
/// <param name="Problems">What was not understood, line by line.</param>
public sealed record PastedLaunch(string? Form, NewCluster Request, IReadOnlySet<string> Said, int TemplateLine, IReadOnlyList<CodeProblem> Problems);
