// A Patient as Epic sends it, with the elements and the size of those captured from its sandbox. Nobody's:
// the mock Epic made it from a seed.
#pragma once

#include <string_view>

namespace epicenter::epic {

inline constexpr std::string_view whole_patient =
    R"({"resourceType":"Patient","id":"eXq58HOAgwD4S5FyKLIbtCD3","extension":[{"valueCodeableConcept")"
    R"(:{"coding":[{"system":"urn:oid:1.2.840.114350.1.13.0.1.7.10.698084.130.657370.19999000","code")"
    R"(:"female","display":"female"}],"text":"Female"},"url":"http://open.epic.com/FHIR/StructureDefi)"
    R"(nition/extension/legal-sex"},{"valueCodeableConcept":{"coding":[{"system":"urn:oid:1.2.840.114)"
    R"(350.1.13.0.1.7.10.698084.130.657370.19999000","code":"female","display":"female"}]},"url":"htt)"
    R"(p://open.epic.com/FHIR/StructureDefinition/extension/sex-for-clinical-use"},{"extension":[{"va)"
    R"(lueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2028-9","display":"Asian"},"url)"
    R"(":"ombCategory"},{"valueString":"Asian","url":"text"}],"url":"http://hl7.org/fhir/us/core/Stru)"
    R"(ctureDefinition/us-core-race"},{"extension":[{"valueCoding":{"system":"urn:oid:2.16.840.1.1138)"
    R"(83.6.238","code":"2186-5","display":"Not Hispanic or Latino"},"url":"ombCategory"},{"valueStri)"
    R"(ng":"Not Hispanic or Latino","url":"text"}],"url":"http://hl7.org/fhir/us/core/StructureDefini)"
    R"(tion/us-core-ethnicity"},{"valueCode":"F","url":"http://hl7.org/fhir/us/core/StructureDefiniti)"
    R"(on/us-core-birthsex"},{"valueCode":"248152002","url":"http://hl7.org/fhir/us/core/StructureDef)"
    R"(inition/us-core-sex"},{"valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":")"
    R"(LA29519-8","display":"she/her/her/hers/herself"}]},"url":"http://open.epic.com/FHIR/StructureD)"
    R"(efinition/extension/calculated-pronouns-to-use-for-text"}],"identifier":[{"use":"usual","type")"
    R"(:{"text":"CEID"},"system":"urn:oid:1.2.840.114350.1.13.0.1.7.3.688884.100","value":"FHR6X2X0EF)"
    R"(JCZTW"},{"use":"usual","type":{"text":"EPIC"},"system":"urn:oid:1.2.840.114350.1.13.0.1.7.5.73)"
    R"(7384.0","value":"E10090"},{"use":"usual","type":{"coding":[{"system":"http://hl7.org/fhir/us/c)"
    R"(arin-bb/CodeSystem/C4BBIdentifierType","code":"um"}],"text":"EXTERNAL"},"system":"urn:oid:1.2.)"
    R"(840.114350.1.13.0.1.7.2.698084","value":"Z20090"},{"use":"usual","type":{"text":"FHIR"},"syste)"
    R"(m":"http://open.epic.com/FHIR/StructureDefinition/patient-dstu2-fhir-id","value":"TXq58HOAgwD4)"
    R"(S5FyKLIbtCDB"},{"use":"usual","type":{"text":"FHIR STU3"},"system":"http://open.epic.com/FHIR/)"
    R"(StructureDefinition/patient-fhir-id","value":"eXq58HOAgwD4S5FyKLIbtCD3"},{"use":"usual","type")"
    R"(:{"text":"INTERNAL"},"system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.698084","value":"     Z2009)"
    R"(0"},{"use":"usual","type":{"text":"EPI"},"system":"urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.)"
    R"(14","value":"30000090"},{"use":"usual","type":{"text":"MYCHARTLOGIN"},"system":"urn:oid:1.2.84)"
    R"(0.114350.1.13.0.1.7.3.878082.110","value":"RUTH1090"},{"use":"usual","type":{"text":"WPRINTERN)"
    R"(AL"},"system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.878082","value":"70000090"}],"active":true,)"
    R"("name":[{"use":"official","text":"Ruth Ellis","family":"Ellis","given":["Ruth"]},{"use":"usual)"
    R"(","text":"Ruth Ellis","family":"Ellis","given":["Ruth"]}],"telecom":[{"system":"phone","value")"
    R"(:"+1 608-555-0112","use":"home","rank":2},{"system":"phone","value":"+1 608-555-0141","use":"m)"
    R"(obile","rank":3},{"system":"email","value":"ruth.ellis89@example.com","rank":1}],"gender":"fem)"
    R"(ale","birthDate":"2023-07-08","deceasedBoolean":false,"address":[{"use":"home","text":"1294 Ma)"
    R"(ple Ave\r\nMIDDLETON WI 53562\r\nUnited States of America","line":["1294 Maple Ave"],"city":"M)"
    R"(IDDLETON","district":"DANE","state":"WI","postalCode":"53562","country":"US"}],"maritalStatus")"
    R"(:{"text":"Single"},"communication":[{"extension":[{"extension":[{"valueCoding":{"system":"http)"
    R"(://terminology.hl7.org/CodeSystem/v3-LanguageAbilityMode","code":"ESP","display":"Expressed sp)"
    R"(oken"},"url":"type"}],"url":"http://hl7.org/fhir/StructureDefinition/patient-proficiency"},{"e)"
    R"(xtension":[{"valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityM)"
    R"(ode","code":"EWR","display":"Expressed written"},"url":"type"}],"url":"http://hl7.org/fhir/Str)"
    R"(uctureDefinition/patient-proficiency"}],"language":{"coding":[{"system":"urn:ietf:bcp:47","cod)"
    R"(e":"en","display":"English"}],"text":"English"},"preferred":true,"_preferred":{"extension":[{")"
    R"(valueCoding":{"system":"http://hl7.org/fhir/language-preference-type","code":"verbal","display)"
    R"(":"verbal"},"url":"http://hl7.org/fhir/StructureDefinition/patient-preferenceType"},{"valueCod)"
    R"(ing":{"system":"http://hl7.org/fhir/language-preference-type","code":"written","display":"writ)"
    R"(ten"},"url":"http://hl7.org/fhir/StructureDefinition/patient-preferenceType"}]}}],"generalPrac)"
    R"(titioner":[{"reference":"Practitioner/eegampMY8YhtQs6NGm.oXgB3","type":"Practitioner","display)"
    R"(":"Paula Morgan, MD"}],"managingOrganization":{"reference":"Organization/enRyWnSP963FYDpoks4NH)"
    R"(OA3","type":"Organization","display":"Epic Hospital System"}})";

}  // namespace epicenter::epic
