namespace Magnum.Drivers.EmbeddedCloud.Http;

/// <summary>A service refuses a request. It travels as an exception because a refusal can come up deep inside a template, through services that call each other.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">The service's words.</param>
/// <param name="kind">The name that the service gives the fault, such as <c>StackExists</c>; Heat and Neutron put it on the wire.</param>
internal sealed class ApiFault(int status, string message, string? kind = null) : Exception(message)
{
    public int Status { get; } = status;

    public string? Kind { get; } = kind;

    public static ApiFault BadRequest(string message, string? kind = null) => new(400, message, kind);

    public static ApiFault Unauthorized() => new(401, "The request you have made requires authentication.");

    public static ApiFault Forbidden(string message, string? kind = null) => new(403, message, kind);

    public static ApiFault NotFound(string message, string? kind = null) => new(404, message, kind);

    public static ApiFault Conflict(string message, string? kind = null) => new(409, message, kind);

    public static string TitleOf(int status) => status switch
    {
        300 => "Multiple Choices",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Request Entity Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}
