using System.Globalization;
using System.Resources;
using Magnum.Core.Diagnosis;
using Magnum.Web.Components.Localization;

namespace Magnum.Web.Features.Clusters;

/// <summary>What the API says to do about a failure: in English, like all that it says.</summary>
internal static class CauseWords
{
    private static readonly ResourceManager Texts = new(typeof(Text));

    public static string WhatToDo(FailureCause cause) => Texts.GetString($"Cause.{cause.Code}.Do", CultureInfo.InvariantCulture) ?? "";
}
