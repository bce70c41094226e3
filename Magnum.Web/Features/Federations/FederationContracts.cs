using System.Text.Json.Serialization;
using Magnum.Web.Api;

namespace Magnum.Web.Features.Federations;

/// <summary>The list of federations, which is empty.</summary>
internal sealed record FederationList(IReadOnlyList<string> Federations);

[JsonSerializable(typeof(FederationList))]
internal sealed partial class FederationJson : JsonSerializerContext
{
    public static readonly FederationJson Api = new(ApiJson.CreateOptions());
}
