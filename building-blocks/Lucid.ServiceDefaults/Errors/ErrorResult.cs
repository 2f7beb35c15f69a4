using Microsoft.AspNetCore.Http.HttpResults;

namespace Lucid.ServiceDefaults.Errors;

internal sealed class ErrorResult(ErrorReport report) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => report.Code.HttpStatus;

    public ErrorReport Report => report;

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.RequestServices.GetRequiredService<ErrorWriter>().WriteAsync(httpContext, report);
}
