using Magnum.Core.Errors;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Api.Http;

/// <summary>Verbs that need an identifier, sent to a collection.</summary>
internal static class MissingIdent
{
    /// <summary>Answers PATCH and DELETE of a collection with the argument that is missing.</summary>
    public static void MapMissingIdent(this IEndpointRouteBuilder endpoints, string pattern, string argument) =>
        endpoints.MapMethods(pattern, [HttpMethods.Patch, HttpMethods.Delete], () => Refuse(argument)).WithMetadata(new ApiRoute("delete") { IsRefusal = true });

    /// <summary>The refusal.</summary>
    public static IResult Refuse(string argument) => new ApiError(new MagnumError.Invalid($"Missing argument: \"{argument}\""));
}
